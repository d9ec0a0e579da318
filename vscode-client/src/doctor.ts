// What `livebook-ls doctor` prints, line by line; knows nothing of the editor.

export interface Finding {
  readonly icon: string;
  /** The first sentence, or as much of it as a list has room for. */
  readonly title: string;
  /** What follows, most often what to do. */
  readonly rest: string;
}

const ICONS: Readonly<Record<string, string>> = { ok: "pass", problem: "error", note: "info" };

const LONGEST = 70;
const SENTENCE = /^(.*?[.!?])\s+(?=\p{Lu})(.*)$/u;
const CLAUSE = new RegExp(`^(.{0,${LONGEST}}[:;,])\\s+(.*)$`);
const WORDS = new RegExp(`^(.{0,${LONGEST}})\\s+(.*)$`);

/** A finding a line; what begins with no known word belongs to no finding and is shown as it is. */
export function readFindings(printed: string): Finding[] {
  return printed
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean)
    .map(readFinding);
}

function readFinding(line: string): Finding {
  const [, word = "", said = ""] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
  const icon = Object.hasOwn(ICONS, word) ? ICONS[word] : undefined;
  const sentences = icon ? said : line;
  const [, title = sentences, rest = ""] = SENTENCE.exec(sentences) ?? [];
  if (title.length <= LONGEST) return { icon: icon ?? "info", title, rest };
  const [, first = title, second = ""] = CLAUSE.exec(title) ?? WORDS.exec(title) ?? [];
  return { icon: icon ?? "info", title: first, rest: `${second} ${rest}`.trim() };
}
