"""What exports of runs come to: agreement, difference, size and speed of every format.

.venv/bin/python tests/benchmarks/exports.py RUN... [--workspace DIR] [--json]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from cnn_studio.cli.window import workspace_at
from cnn_studio.errors import StudioError
from cnn_studio.exporting.export import ExportOrder, Step, export_run
from cnn_studio.exporting.formats import ExportFormat
from cnn_studio.exporting.verification import ExportReport
from cnn_studio.models.run_dataset import dataset_of
from cnn_studio.models.runs import Run, find_run

HEAD = (
    "| dataset | network | format | agreement | unknown alike | largest difference | MB | ms "
    "| verdict |"
)


def main() -> int:
    """Export every run in every format into a folder that is thrown away."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", metavar="RUN", help="a run's name or folder")
    parser.add_argument("--workspace", metavar="DIR", help="where runs and datasets are")
    parser.add_argument("--json", action="store_true", help="a JSON object a line instead")
    options = parser.parse_args()
    workspace = workspace_at(options.workspace)
    if not options.json:
        print(f"{HEAD}\n|{'---|' * HEAD.count(' |')}", flush=True)
    for name in options.runs:
        run = find_run(workspace, name)
        dataset = dataset_of(run, workspace)
        if dataset is None:
            raise StudioError(f"The dataset of {name} is not in this workspace.")

        def tell(told: Step | ExportReport, run: Run = run) -> None:
            if isinstance(told, ExportReport):
                values = {"dataset": run.dataset, "network": run.network, **told.to_dict()}
                print(json.dumps(values) if options.json else _row(run, told), flush=True)

        with tempfile.TemporaryDirectory() as folder:
            order = ExportOrder(run.folder, dataset, tuple(ExportFormat), Path(folder))
            export_run(order, tell, lambda: False)
    return 0


def _row(run: Run, report: ExportReport) -> str:
    figures = (
        f"{report.agreement or 0:.1%}",
        "-" if report.unknown_agreement is None else f"{report.unknown_agreement:.1%}",
        f"{report.largest_difference or 0:.1e}",
        f"{(report.bytes or 0) / 1e6:.1f}",
        f"{report.ms_per_image or 0:.2f}",
    )
    verdict = f"verified on {report.images} ({report.compared_on})"
    return " | ".join(
        (
            f"| {run.dataset}",
            run.network.label,
            report.format,
            *figures,
            (verdict if report.accepted else report.why) + " |",
        )
    )


if __name__ == "__main__":
    main()
