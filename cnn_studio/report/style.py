"""How the report looks, on the screen and on paper."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light; }
body { margin: 0; background: #F6F7F9; color: #1B1F24;
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 960px; margin: 24px auto; padding: 24px 32px; background: #FFFFFF;
  border: 1px solid #DDE1E7; border-radius: 6px; }
h1 { font-size: 26px; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 32px 0 8px; padding-top: 16px; border-top: 1px solid #DDE1E7; }
p { margin: 0 0 8px; }
.quiet { color: #5B6470; overflow-wrap: anywhere; }
.tiles { display: flex; flex-wrap: wrap; gap: 16px 40px; margin-top: 24px; }
.caution { margin: 12px 0 0; padding-left: 8px; border-left: 3px solid #B45309;
  overflow-wrap: anywhere; }
.answer { font-size: 24px; font-weight: 600; font-variant-numeric: tabular-nums; }
.pair { display: flex; flex-wrap: wrap; gap: 16px; }
.pair figure { flex: 1 1 280px; }
figure { margin: 0; }
figcaption { font-weight: 600; }
svg { width: 100%; height: auto; display: block; }
i { display: inline-block; width: 18px; height: 3px; margin: 0 6px 3px 0; border-radius: 2px; }
i + i, p i ~ i { margin-left: 12px; }
table { border-collapse: collapse; width: 100%; }
th { font-weight: 500; text-align: left; overflow-wrap: anywhere; }
th, td { padding: 4px 8px 4px 0; border-bottom: 1px solid #F0F2F5; vertical-align: top; }
.numbers td { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.numbers thead { color: #5B6470; }
.pairs th { width: 30%; color: #5B6470; }
.pairs td { overflow-wrap: anywhere; }
.mistakes { display: flex; flex-wrap: wrap; gap: 16px; }
.mistake { width: 132px; }
.mistake img, .gone { width: 100%; aspect-ratio: 1; object-fit: contain; background: #F0F2F5;
  border-radius: 4px; image-rendering: auto; }
.gone { display: flex; align-items: center; justify-content: center; color: #5B6470;
  font-size: 12px; text-align: center; }
.mistake figcaption { font-weight: 400; font-size: 12px; line-height: 1.35; margin-top: 4px;
  overflow-wrap: anywhere; }
.mistake small { color: #5B6470; }
* { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
@media print {
  @page { margin: 16mm; }
  body { background: #FFFFFF; font-size: 11px; }
  main { border: none; margin: 0; padding: 0; max-width: none; }
  section { break-inside: avoid; }
  section:has(.mistakes) { break-inside: auto; }
  .mistake, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
}
"""
