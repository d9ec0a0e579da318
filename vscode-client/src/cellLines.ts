// Which lines of a notebook belong to which cell; knows nothing of the editor.

/** A cell's first and last line, counted from 0, as an outline tells them. */
export interface Lines {
  readonly first: number;
  readonly last: number;
}

const FENCE = /^\s{0,3}(`{3,}|~{3,})/;

/**
 * The lines of a code cell's own block. What an outline calls a cell begins with the comment over
 * it and ends with its outputs.
 */
export function codeLines(cell: Lines, lineAt: (line: number) => string): Lines {
  let fence: string | undefined;
  let first = cell.first;
  for (let line = cell.first; line <= cell.last; line++) {
    const [, found] = FENCE.exec(lineAt(line)) ?? [];
    if (fence === undefined) {
      fence = found;
      first = line;
    } else if (found?.startsWith(fence)) {
      return { first, last: line };
    }
  }
  return fence === undefined ? cell : { first, last: cell.last };
}
