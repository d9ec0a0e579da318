// How a finding of the server's doctor looks in a list; knows nothing of the editor.

/** What `livebook.doctor` answers with. */
export interface Finding {
  readonly level: string;
  readonly sentence: string;
  readonly mend?: string | null;
}

export interface Shown {
  readonly icon: string;
  /** The finding, or as much of it as a list has room for. */
  readonly title: string;
  /** What follows, most often what to do. */
  readonly rest: string;
}

const ICONS: Readonly<Record<string, string>> = { ok: "pass", problem: "error", warning: "warning", note: "info" };
const LONGEST = 70;
const CLAUSE = new RegExp(`^(.{0,${LONGEST}}[:;,.])\\s+(.*)$`);
const WORDS = new RegExp(`^(.{0,${LONGEST}})\\s+(.*)$`);

export function show({ level, sentence, mend }: Finding): Shown {
  const icon = Object.hasOwn(ICONS, level) ? ICONS[level] : undefined;
  const isShort = sentence.length <= LONGEST;
  const [, title = sentence, more = ""] = isShort ? [] : (CLAUSE.exec(sentence) ?? WORDS.exec(sentence) ?? []);
  return { icon: icon ?? "info", title, rest: [more, mend ?? ""].filter(Boolean).join(" ") };
}
