// Where the page of messages has the entry of a code; knows nothing of the editor.

/** The line of a code's entry, from 1: its heading, or its row in a table. */
export function lineOf(code: string, page: string): number | undefined {
  const at = page.split(/\r?\n/).findIndex((line) => line === `### ${code}` || line.includes(`<a id="${code}"></a>`));
  return at < 0 ? undefined : at + 1;
}
