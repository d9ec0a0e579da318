// The extension as it is packed, with the server that comes in it.
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { openNotebook, suite, untilStatusBar } = require("./harness");

exports.run = suite({
  async "the bundled server follows the notebook"() {
    await openNotebook();
    await untilStatusBar("Livebook: in sync");
  },
  async "it is the packed extension"() {
    const extension = vscode.extensions.getExtension("livebook-ls.livebook-ls");
    assert.match(extension.extensionUri.path, /packed\/extension$/);
  },
});
