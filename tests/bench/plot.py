# SPDX-License-Identifier: Apache-2.0
"""Pictures of what compare and scaling measured, drawn by gnuplot where it is installed."""

import shutil
import statistics
import subprocess
import sys


def draw(script, path):
    if not shutil.which("gnuplot"):
        print(f"gnuplot (gnuplot-nox) is not installed: no {path.name}", file=sys.stderr)
        return
    text = f'set terminal pngcairo size 1000,600 font "sans,11"\nset output "{path}"\n{script}\n'
    subprocess.run(["gnuplot"], input=text, text=True, check=True)


def data_block(name, lines):
    return f"${name} << END\n" + "\n".join(lines) + "\nEND\n"


def draw_growth(results, path):
    """A line for each row: its cost as a multiple of its first step's."""
    rows = [result for result in results if "steps" in result]
    blocks, curves = "", []
    for number, row in enumerate(rows):
        first = statistics.median(row["cost_us"][0])
        blocks += data_block(f"row{number}", [f"{max(step, 1)} {statistics.median(costs) / first:.4f}"
                                              for step, costs in zip(row["steps"], row["cost_us"])])
        curves.append(f'$row{number} with linespoints linewidth 2 title "{row["row"]}"')
    if curves:
        draw(blocks + 'set logscale x\nset yrange [0:]\nset xlabel "how many"\nset grid\nset key left top\n'
             'set ylabel "CPU per request, as a multiple of the first step"\nset logscale y 2\nset yrange [0.5:16]\n'
             f'plot {", ".join(curves)}', path)


def draw_costs(table, kinds, path):
    """Bars of CPU per request: `table` has for each server a figure for each kind, or None."""
    lines = ["server " + " ".join(f'"{kind}"' for kind in kinds)]
    for server, costs in table.items():
        lines.append(f'"{server}" ' + " ".join("NaN" if cost is None else f"{cost:.3f}" for cost in costs))
    curves = ", ".join(f'$costs using {index + 2}:xtic(1) title columnheader({index + 2})' for index in range(len(kinds)))
    draw(data_block("costs", lines) + "set style data histogram\nset style fill solid\nset boxwidth 0.9\nset grid y\n"
         'set ylabel "CPU per request, µs"\nset logscale y\nset yrange [1:]\nset xtics rotate by -12\nset key left top\n'
         f"plot {curves}", path)
