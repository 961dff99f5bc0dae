"""What was measured, as a table and as JSON."""


def table(rows, titles):
    """Rows of text under titles; the first column is left-aligned, the others right."""
    rows = [titles] + rows
    widths = [max(len(row[column]) for row in rows) for column in range(len(titles))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def network_table(entry):
    """The programs that ran one network, the peers first."""
    rows = []
    for name, result in entry["programs"].items():
        if "failure" in result:
            rows.append([name, "-", "-", "-", "-", "-", "-", result["failure"]])
            continue
        batch = entry["batch"]
        rows.append([
            name,
            f"{batch / result['median']:.2f}",
            f"{batch / result['slowest']:.2f}-{batch / result['fastest']:.2f}",
            f"{result['median'] * 1e3:.1f}",
            f"{result['ratio']:.2f}" if "ratio" in result else "-",
            f"{result['error']:.1e}",
            f"{result['others']:.0%}",
            "" if result["argmax"] else "argmax differs",
        ])
    return table(
        rows, ["program", "img/s", "range", "ms", "x peer", "error", "others", ""])
