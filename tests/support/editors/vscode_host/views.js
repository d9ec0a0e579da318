// What a real VS Code shows of the notebooks that every editor is tried with.
const assert = require("node:assert/strict");
const path = require("node:path");
const vscode = require("vscode");
const { suite, until } = require("./harness");

const truths = JSON.parse(process.env.TRUTHS);

function flat(symbols, level = 0) {
  const inOrder = [...symbols].sort((a, b) => a.range.start.compareTo(b.range.start));
  return inOrder.flatMap((it) => [[level, it.name], ...flat(it.children, level + 1)]);
}

/** What is said of the text itself: code and line. */
function diagnostics(uri) {
  const ours = vscode.languages.getDiagnostics(uri).filter((it) => it.source === "livebook");
  return ours
    .map((it) => [it.code.value ?? it.code, it.range.start.line])
    .filter(([code]) => code !== "not-open")
    .sort();
}

async function open({ file }) {
  const uri = vscode.Uri.file(path.join(vscode.workspace.workspaceFolders[0].uri.fsPath, file));
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  return document;
}

function viewsOf(truth) {
  let document;
  const ask = (command, ...rest) => vscode.commands.executeCommand(`vscode.${command}`, document.uri, ...rest);
  const tests = {
    async outline() {
      document = await open(truth);
      const symbols = await until(() => ask("executeDocumentSymbolProvider"), "an outline");
      assert.deepEqual(flat(symbols), truth.outline);
    },
    async folds() {
      const folds = await ask("executeFoldingRangeProvider");
      assert.deepEqual(folds.map((it) => [it.start, it.end]), truth.folds);
    },
    async diagnostics() {
      await until(() => diagnostics(document.uri).length === truth.diagnostics.length, "the diagnostics");
      assert.deepEqual(diagnostics(document.uri), truth.diagnostics);
    },
  };
  if (truth.fix) tests["quick fix"] = async () => {
    const [, line] = truth.diagnostics[0];
    const actions = await ask("executeCodeActionProvider", new vscode.Range(line, 0, line, 0));
    const [fix, ...others] = actions.filter((it) => it.title === truth.fix);
    assert.deepEqual(others, []);
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.equal(document.getText(), truth.mended);
    assert.ok(await document.save());
    await until(() => diagnostics(document.uri).length === 0, "nothing more to say");
  };
  return Object.entries(tests).map(([name, test]) => [`${truth.file}: ${name}`, test]);
}

exports.run = suite(Object.fromEntries(truths.flatMap(viewsOf)));
