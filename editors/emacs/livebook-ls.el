;;; livebook-ls.el --- Livebook notebooks and a running Livebook, in step  -*- lexical-binding: t; -*-

;; Package-Requires: ((emacs "28.1"))
;; Keywords: languages, tools
;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; Put this file into `load-path' and (require 'livebook-ls) into your init file.
;; The server is `livebook-ls'; from a checkout of the project it is installed with
;; pipx install /path/to/livebook-ls, and docs/installing.md there has other ways.
;;
;; With Eglot, which Emacs 29 and newer have, there is nothing more to do.  With
;; lsp-mode, set `livebook-ls-client' to `lsp-mode' before.
;;
;; Notebooks open in `livebook-mode', which is Markdown's mode where that is
;; installed.  M-x livebook-open shows the session in the browser; the menu
;; “Livebook” has the other commands, the quick fixes are code actions.

;;; Code:

(require 'cl-lib)
(require 'easymenu)
(require 'seq)
(require 'subr-x)
(require 'url-util)

(declare-function eglot-current-server "eglot")
(declare-function eglot-ensure "eglot")
(declare-function jsonrpc-async-request "jsonrpc")
(declare-function lsp "lsp-mode")
(declare-function lsp-activate-on "lsp-mode")
(declare-function lsp-register-client "lsp-mode")
(declare-function lsp-request-async "lsp-mode")
(declare-function lsp-stdio-connection "lsp-mode")
(declare-function make-lsp-client "lsp-mode")
(declare-function markdown-mode "markdown-mode")
(declare-function outline-flag-region "outline")

(defvar eglot-server-programs)
(defvar lsp-language-id-configuration)
(defvar markdown-code-lang-modes)
(defvar markdown-fontify-code-blocks-natively)

(defgroup livebook nil
  "Livebook notebooks."
  :group 'languages
  :prefix "livebook-")

(defcustom livebook-ls-command '("livebook-ls" "--stdio")
  "The program that serves notebooks, with its arguments."
  :type '(repeat string))

(defcustom livebook-ls-settings nil
  "Settings of the server, as a property list: (:url \"http://localhost:8080\")."
  :type 'plist)

(defcustom livebook-ls-client 'eglot
  "Who talks to the server, as soon as a notebook is opened."
  :type '(choice (const eglot) (const lsp-mode) (const :tag "Nobody by itself" nil)))

(defcustom livebook-fold-outputs-at-open nil
  "Whether outputs in the file are folded as a notebook is opened."
  :type 'boolean)

(defvar-local livebook--was-told nil
  "Whether the server has said anything about this notebook yet.")

(defvar-local livebook-status nil
  "How the notebook stands, as the server said last: a property list.
Its members are :state, :url and :sentence.")

;;;; The mode

(defalias 'livebook--parent-mode
  (if (require 'markdown-mode nil t) 'markdown-mode 'text-mode))

(defconst livebook--font-lock
  '(("^#\\{1,6\\} .*$" . font-lock-function-name-face)
    ("<!--.*?-->" . font-lock-comment-face)
    ("^```.*$" . font-lock-keyword-face)
    ("`[^`\n]+`" . font-lock-constant-face))
  "Colours for a notebook where Markdown's mode is missing.")

(defvar livebook-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map [remap markdown-open] #'livebook-open)
    ;; Markdown's mode has a prefix there; its commands stay in its menu.
    (define-key map (kbd "C-c C-c") #'livebook-run-cell)
    (define-key map [remap comment-dwim] #'livebook-comment-dwim)
    (define-key map [remap comment-line] #'livebook-comment-line)
    map)
  "Keys of `livebook-mode'; Markdown's hold where it is installed.")

;;;; Comments

(defconst livebook--comments
  '(("elixir" . "# ") ("python" . "# ") ("pyproject.toml" . "# ") ("erlang" . "%% ") ("sql" . "-- "))
  "How comments begin in the languages of cells.")

(defun livebook--language ()
  "The language of the cell at point, or where the region begins; nil in prose."
  (save-excursion
    (when (use-region-p) (goto-char (region-beginning)))
    (let ((here (line-beginning-position)) fence language)
      (goto-char (point-min))
      (while (and (< (point) here) (re-search-forward "^\\(```+\\)[ \t]*\\(.*\\)$" here t))
        (let ((ticks (match-string 1)) (word (match-string 2)))
          (cond ((not fence) (setq fence ticks language (car (split-string word))))
                ((and (string-prefix-p fence ticks) (string-blank-p word))
                 (setq fence nil language nil)))))
      language)))

(defun livebook--commenting (act)
  "Call ACT with the comments of the language at point."
  (let ((start (cdr (assoc (livebook--language) livebook--comments))))
    (if (not start)
        (funcall act)
      (let ((comment-start start)
            (comment-end "")
            (comment-start-skip (concat (regexp-quote (substring start 0 1)) "+[ \t]*"))
            (comment-end-skip nil)
            (comment-continue nil)
            (comment-use-syntax nil))
        (funcall act)))))

(defun livebook-comment-dwim (arg)
  "In cells `comment-dwim' with ARG in their languages, in prose as ever."
  (interactive "*P")
  (livebook--commenting (lambda () (comment-dwim arg))))

(defun livebook-comment-line (count)
  "In cells `comment-line' for COUNT lines in their languages, in prose as ever."
  (interactive "p")
  (livebook--commenting (lambda () (comment-line count))))

;;;###autoload
(define-derived-mode livebook-mode livebook--parent-mode "Livebook"
  "Major mode for Livebook notebooks."
  (setq-local comment-start "<!-- " comment-end " -->")
  (setq-local mode-line-process '((:eval (livebook-mode-line))))
  (if (derived-mode-p 'markdown-mode)
      (livebook--color-cells)
    (setq-local font-lock-defaults '(livebook--font-lock))
    (setq-local outline-regexp "#+ ")
    (setq-local imenu-generic-expression '((nil "^#+ +\\(.*\\)$" 1))))
  ;; After the mode's hooks, so that the user's own settings count.
  (add-hook 'hack-local-variables-hook #'livebook--connect nil t))

(defun livebook--color-cells ()
  "Colour the cells by the modes of their languages."
  (setq-local markdown-fontify-code-blocks-natively t)
  (when (and (not (fboundp 'elixir-mode))
             (fboundp 'elixir-ts-mode)
             (fboundp 'treesit-ready-p)
             (treesit-ready-p 'elixir t))
    (setq-local markdown-code-lang-modes
                (cons '("elixir" . elixir-ts-mode) markdown-code-lang-modes))))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.livemd\\'" . livebook-mode))

(defun livebook--connect ()
  "Start the server for this buffer, by whoever is to talk to it."
  (when (and buffer-file-name livebook-ls-client)
    (pcase livebook-ls-client
      ('lsp-mode (require 'lsp-mode) (lsp))
      (_ (require 'eglot) (eglot-ensure)))))

;;;; Eglot

(defun livebook--eglot-contact (&rest _)
  "What Eglot needs to know of the server."
  (append livebook-ls-command
          (and livebook-ls-settings `(:initializationOptions ,livebook-ls-settings))))

(with-eval-after-load 'eglot
  (require 'jsonrpc)
  (add-to-list 'eglot-server-programs
               '((livebook-mode :language-id "livebook") . livebook--eglot-contact))
  (eval '(cl-defmethod eglot-handle-notification
           (_server (_method (eql livebook/status)) &rest report)
           "Note how a notebook stands."
           (livebook--note report))
        t))

;;;; lsp-mode

(with-eval-after-load 'lsp-mode
  (add-to-list 'lsp-language-id-configuration '(livebook-mode . "livebook"))
  (lsp-register-client
   (make-lsp-client
    :new-connection (lsp-stdio-connection (lambda () livebook-ls-command))
    :activation-fn (lsp-activate-on "livebook")
    :initialization-options (lambda () livebook-ls-settings)
    :notification-handlers
    (let ((handlers (make-hash-table :test 'equal)))
      (puthash "livebook/status"
               (lambda (_workspace report) (livebook--note (livebook--to-plist report)))
               handlers)
      handlers)
    :server-id 'livebook-ls)))

;; It takes every document that is to be shown for a file.
(define-advice lsp--window-show-document (:around (show params) livebook)
  "Show pages in the browser; SHOW shows PARAMS otherwise."
  (let ((uri (plist-get (livebook--to-plist params) :uri)))
    (if (and uri (string-match-p "\\`https?:" uri))
        (progn (browse-url uri) t)
      (funcall show params))))

(defun livebook--to-plist (report)
  "REPORT as a property list, which lsp-mode may give as a hash table."
  (if (hash-table-p report)
      (let (found)
        (maphash (lambda (name value) (setq found `(,(intern (concat ":" name)) ,value ,@found)))
                 report)
        found)
    report))

;;;; What the server says

(defconst livebook--under-way '("looking" "opening" "syncing")
  "The states in which Livebook or the server may be writing the file.")

(defun livebook--note (report)
  "Keep REPORT with its buffer, and look at the file: Livebook may have written it."
  (when-let* ((file (livebook--uri-to-path (plist-get report :uri)))
              (buffer (find-buffer-visiting file)))
    (with-current-buffer buffer
      (setq livebook-status report)
      (force-mode-line-update)
      (when (and livebook-fold-outputs-at-open (not livebook--was-told))
        (run-at-time 0 nil #'livebook--fold-at-open buffer))
      (setq livebook--was-told t)
      ;; What is halfway written is put back in a moment, and must not be taken over.
      (unless (member (plist-get report :state) livebook--under-way)
        ;; Not inside the message: Eglot tells the server of the new text.
        (run-at-time 0 nil #'livebook--reload buffer)))))

(defun livebook--uri-to-path (uri)
  "The file that URI names, or nil."
  (when (string-prefix-p "file://" uri)
    (let ((path (decode-coding-string (url-unhex-string (substring uri 7)) 'utf-8)))
      (if (string-match-p "\\`/[A-Za-z]:" path) (substring path 1) path))))

(defun livebook--reload (buffer)
  "Take what is on the disk into BUFFER, where nothing in it would be lost."
  (when (buffer-live-p buffer)
    (with-current-buffer buffer
      (unless (or (buffer-modified-p)
                  (verify-visited-file-modtime buffer)
                  (not (file-readable-p buffer-file-name)))
        (revert-buffer t t t)))))

(defun livebook-mode-line ()
  "How the notebook stands, in as few signs as can be."
  (if-let* ((state (plist-get livebook-status :state)))
      (concat " " (pcase state
                    ((or "inSync" "reformatted") "✓")
                    ((pred (lambda (it) (member it livebook--under-way))) "…")
                    ((or "detached" "notRunning") "○")
                    (_ "!")))
    ""))

;;;; Commands

(defun livebook-execute (command &optional done about)
  "Let the server do COMMAND with this notebook, then call DONE with its answer.
ABOUT says what it is for, where that is a place in the notebook."
  (livebook--request "workspace/executeCommand"
                     (list :command command :arguments (vector (or about (livebook--uri))))
                     done
                     ;; A run takes as long as its cells do.
                     (unless about 180)))

(defun livebook--request (method params &optional done timeout)
  "Ask the server METHOD with PARAMS, then call DONE with its answer.
Within TIMEOUT seconds, where it is given and the client can."
  (let ((done (or done #'ignore)))
    (cond
     ((and (fboundp 'eglot-current-server) (eglot-current-server))
      ;; Eglot tells of what is typed once nothing is for a moment; the server must know it now.
      (when (fboundp 'eglot--signal-textDocument/didChange)
        (funcall 'eglot--signal-textDocument/didChange))
      (jsonrpc-async-request
       (eglot-current-server) (intern (concat ":" method)) params
       :success-fn done
       :error-fn (lambda (problem) (message "%s" (plist-get problem :message)))
       :timeout timeout))
     ((bound-and-true-p lsp-mode)
      (lsp-request-async method params done :mode 'detached))
     (t (user-error "The Livebook server is not running; M-x eglot starts it")))))

(defun livebook--uri ()
  "The URI of this buffer's file."
  (let ((path (expand-file-name buffer-file-name)))
    (concat "file://" (unless (string-prefix-p "/" path) "/")
            (mapconcat #'url-hexify-string (split-string path "/") "/"))))

(defmacro livebook--define (name command what)
  "Define NAME as the server's COMMAND, which does WHAT."
  `(defun ,name ()
     ,what
     (interactive)
     (livebook-execute ,command)))

;;;###autoload (autoload 'livebook-open "livebook-ls" nil t)
(livebook--define livebook-open "livebook.open"
  "Open this notebook's session in the browser.")
(livebook--define livebook-open-anyway "livebook.openAnyway"
  "Open this notebook's session though Livebook takes something from it.")
(livebook--define livebook-sync "livebook.sync"
  "Send the saved notebook to its session once more.")
(livebook--define livebook-sync-anyway "livebook.syncAnyway"
  "Send the saved notebook, once, although Livebook will lose something of it.")
(livebook--define livebook-sync-in-two-steps "livebook.syncInTwoSteps"
  "Sync by way of a text that brings every cell.")
(livebook--define livebook-format "livebook.format"
  "Bring the buffer into Livebook's own form; saving stays yours.")
(livebook--define livebook-restamp "livebook.restamp"
  "Bring the buffer into Livebook's own form, freshly stamped; saving stays yours.")
(livebook--define livebook-restore "livebook.restore"
  "Put what you saved last back into the buffer.")
(livebook--define livebook-restore-version "livebook.restoreVersion"
  "Put an earlier version, which you choose, into the buffer.")
(livebook--define livebook-merge "livebook.merge"
  "Merge the save with what was edited in the browser.")
(livebook--define livebook-take-mine "livebook.takeMine"
  "Take mine in all conflicts with the browser.")
(livebook--define livebook-take-browsers "livebook.takeBrowsers"
  "Take the browser's in all conflicts.")
(livebook--define livebook-take-both "livebook.takeBoth"
  "Take both in all conflicts, one after the other.")
(livebook--define livebook-show-browser-version "livebook.showBrowserVersion"
  "Show what the browser has in a buffer of its own.")
(livebook--define livebook-start "livebook.start"
  "Start Livebook as a process of its own.")
(livebook--define livebook-stop "livebook.stop"
  "Stop the Livebook that was started from here.")

;;;###autoload
(defun livebook-import (file)
  "Make a notebook of FILE, an .ipynb, .exs or .md file, and show it."
  (interactive "fImport: ")
  (with-temp-buffer
    (let ((code (call-process (car livebook-ls-command) nil t nil
                              "import" (expand-file-name file)))
          (said (string-trim (buffer-string))))
      (unless (eq code 0)
        (user-error "%s" said))
      (find-file said))))

(defun livebook-insert-file (file)
  "Insert FILE at point: an image, kept beside the notebook, else a link to it."
  (interactive "fInsert: ")
  (livebook-execute
   "livebook.insertFile" nil
   ;; Characters, whatever unit the server counts in.
   (list :uri (livebook--uri)
         :line (line-number-at-pos nil t)
         :column (1+ (- (point) (line-beginning-position)))
         :path (expand-file-name file))))

;;;###autoload
(defun livebook-open-here ()
  "Open this notebook's session in the browser, at the section of point."
  (interactive)
  (livebook-execute
   "livebook.openAtSection" nil
   ;; Only the line counts, in whatever unit columns are.
   (list :uri (livebook--uri)
         :position (list :line (1- (line-number-at-pos nil t)) :character 0))))
(defun livebook--run (command)
  "Save the notebook, then run the server's COMMAND for the cell at point."
  (when (buffer-modified-p) (save-buffer))
  (livebook-execute command nil (list :path (expand-file-name buffer-file-name)
                                      :line (line-number-at-pos nil t))))

(defmacro livebook--define-run (name command what)
  "Define NAME as the server's COMMAND for the cell at point, which does WHAT."
  `(defun ,name ()
     ,what
     (interactive)
     (livebook--run ,command)))

;;;###autoload (autoload 'livebook-run-cell "livebook-ls" nil t)
(livebook--define-run livebook-run-cell "livebook.runCell"
  "Save the notebook, then run the cell at point.")
(livebook--define-run livebook-run-above "livebook.runAbove"
  "Save the notebook, then run all cells above point.")
(livebook--define-run livebook-run-below "livebook.runBelow"
  "Save the notebook, then run the cell at point and all below.")
(livebook--define-run livebook-run-section "livebook.runSection"
  "Save the notebook, then run the section at point.")
(livebook--define-run livebook-run-all "livebook.runAll"
  "Save the notebook, then run all of it.")
(livebook--define-run livebook-run-stale "livebook.runStale"
  "Save the notebook, then run what is not up to date.")
(livebook--define livebook-stop-run "livebook.stopRun"
  "Stop all that runs; asks before values are lost.")
(livebook--define livebook-start-runtime "livebook.startRuntime"
  "Start a runtime, and run nothing.")
(livebook--define livebook-restart-runtime "livebook.restartRuntime"
  "Start another runtime; all values are lost.")

(defun livebook-show-output ()
  "Show all that the cell at point gave."
  (interactive)
  (livebook-execute "livebook.showOutput" nil
                    (list :path (expand-file-name buffer-file-name)
                          :line (line-number-at-pos nil t))))

(defun livebook-status ()
  "Say how this notebook stands."
  (interactive)
  (livebook-execute
   "livebook.status"
   (lambda (report)
     (let ((report (livebook--to-plist report)))
       (if report
           (message "%s" (string-join (delq nil (list (plist-get report :sentence)
                                                      (livebook--without-token
                                                       (plist-get report :url))
                                                      (livebook--words report)))
                                      "\n"))
         (message "Nothing is known of this notebook yet."))))))

(defun livebook--words (report)
  "How many words of prose the notebook has, as REPORT says, or nil."
  (let ((words (plist-get report :words)))
    (and (integerp words) (format "%d words of prose" words))))

(defun livebook--without-token (url)
  "URL, if any, as others may see it: messages are kept."
  (and url (replace-regexp-in-string "\\?.*" "" url)))

(defun livebook--cells ()
  "Where headings and code cells begin, from top to bottom."
  (save-excursion
    (goto-char (point-min))
    (let (found fence)
      (while (re-search-forward "^\\(```+\\)\\(.*\\)$\\|^#+ " nil t)
        (let ((ticks (match-string 1)) (start (match-beginning 0)))
          (cond ((and fence ticks (string-prefix-p fence ticks)) (setq fence nil))
                (fence nil)
                (ticks (setq fence ticks)
                       (unless (string-empty-p (match-string 2)) (push start found)))
                (t (push start found)))))
      (nreverse found))))

(defun livebook-next-cell ()
  "Go to the next code cell or heading."
  (interactive)
  (goto-char (or (seq-find (lambda (it) (> it (point))) (livebook--cells))
                 (point-max))))

(defun livebook-previous-cell ()
  "Go to the previous code cell or heading."
  (interactive)
  (goto-char (or (seq-find (lambda (it) (< it (point))) (nreverse (livebook--cells)))
                 (point-min))))

;;;; Folding outputs

(defun livebook-fold-outputs (&optional show)
  "Fold the outputs that the file keeps; with a prefix argument, SHOW them.
`outline-show-all' shows them, too."
  (interactive "P")
  (let ((buffer (current-buffer)))
    (livebook-execute
     "livebook.foldOutputs"
     (lambda (lines)
       (when (and lines (buffer-live-p buffer))
         (with-current-buffer buffer
           (livebook--request
            "textDocument/foldingRange" (list :textDocument (list :uri (livebook--uri)))
            (lambda (ranges) (livebook--fold buffer ranges lines (not show))))))))))

(defun livebook--fold-at-open (buffer)
  "Fold the outputs of BUFFER, which was just opened."
  (when (buffer-live-p buffer)
    (with-current-buffer buffer
      (livebook-fold-outputs))))

(defun livebook--fold (buffer ranges lines flag)
  "Hide in BUFFER those RANGES that begin in LINES, or show them where FLAG is nil."
  (when (buffer-live-p buffer)
    (with-current-buffer buffer
      (require 'outline)
      (add-to-invisibility-spec '(outline . t))
      (seq-doseq (it ranges)
        (let ((range (livebook--to-plist it)))
          (when (seq-contains-p lines (plist-get range :startLine))
            (livebook--flag (plist-get range :startLine) (plist-get range :endLine) flag)))))))

(defun livebook--flag (first last flag)
  "Hide what is below line FIRST down to LAST, from zero; show it without FLAG."
  (save-excursion
    (save-restriction
      (widen)
      (goto-char (point-min))
      (forward-line first)
      (let ((start (line-end-position)))
        (forward-line (- last first))
        (outline-flag-region start (line-end-position) flag)))))

;;;; Editing cells and sections

(defun livebook--edit (command &optional language)
  "Let the server do COMMAND at point, in LANGUAGE where it takes one."
  (let ((about (list :path (expand-file-name buffer-file-name)
                     :line (line-number-at-pos nil t)
                     ;; Characters, whatever unit the server counts in.
                     :column (1+ (- (point) (line-beginning-position)))))
        (buffer (current-buffer)))
    (when language (setq about (append about (list :language language))))
    (livebook-execute
     command
     (lambda (range) (when range (livebook--select buffer (livebook--to-plist range))))
     about)))

(defun livebook--select (buffer range)
  "Select what is in RANGE in BUFFER; before Emacs 29, go to its start, too.
Later clients have gone there when the server asked them to."
  (with-current-buffer buffer
    (let ((start (livebook--place (plist-get range :start)))
          (end (livebook--place (plist-get range :end))))
      (when (or (/= start end) (< emacs-major-version 29))
        (goto-char start))
      (unless (= start end)
        (push-mark end t t)))))

(defun livebook--place (position)
  "The place in this buffer that the server's POSITION is."
  (let ((position (livebook--to-plist position)))
    (save-excursion
      (save-restriction
        (widen)
        (goto-char (point-min))
        (forward-line (plist-get position :line))
        (min (line-end-position) (+ (point) (plist-get position :character)))))))

(defmacro livebook--define-edit (name command what)
  "Define NAME as the server's COMMAND at point, which does WHAT."
  `(defun ,name ()
     ,what
     (interactive)
     (livebook--edit ,command)))

(livebook--define-edit livebook-insert-code-above "livebook.insertCodeCellAbove"
  "Insert a code cell above.")
(livebook--define-edit livebook-insert-code-below "livebook.insertCodeCellBelow"
  "Insert a code cell below.")
(livebook--define-edit livebook-insert-markdown-above "livebook.insertMarkdownCellAbove"
  "Insert a Markdown cell above.")
(livebook--define-edit livebook-insert-markdown-below "livebook.insertMarkdownCellBelow"
  "Insert a Markdown cell below.")
(livebook--define-edit livebook-split-cell "livebook.splitCell"
  "Split the cell at point.")
(livebook--define-edit livebook-join-cells "livebook.joinCells"
  "Join the cell at point with the next.")
(livebook--define-edit livebook-move-cell-up "livebook.moveCellUp"
  "Move the cell at point up, across sections, too.")
(livebook--define-edit livebook-move-cell-down "livebook.moveCellDown"
  "Move the cell at point down, across sections, too.")
(livebook--define-edit livebook-duplicate-cell "livebook.duplicateCell"
  "Duplicate the cell at point.")
(livebook--define-edit livebook-delete-cell "livebook.deleteCell"
  "Delete the cell at point.")
(livebook--define-edit livebook-select-cell "livebook.selectCell"
  "Select the cell at point.")
(livebook--define-edit livebook-convert-to-markdown "livebook.convertCellToMarkdown"
  "Make a Markdown cell of the code at point.")
(livebook--define-edit livebook-convert-to-code "livebook.convertCellToCode"
  "Make a code cell of the Markdown at point.")
(livebook--define-edit livebook-insert-section "livebook.insertSection"
  "Insert a section at point.")
(livebook--define-edit livebook-branch-off "livebook.branchOff"
  "Insert a branch of the section at point.")
(livebook--define-edit livebook-make-branch "livebook.makeBranch"
  "Make a branch of the section at point.")
(livebook--define-edit livebook-move-section-up "livebook.moveSectionUp"
  "Move the section at point up.")
(livebook--define-edit livebook-move-section-down "livebook.moveSectionDown"
  "Move the section at point down.")
(livebook--define-edit livebook-promote "livebook.promote"
  "Raise the heading at point a level, or a branch to a section.")
(livebook--define-edit livebook-demote "livebook.demote"
  "Make the heading at point a level lower.")
(livebook--define-edit livebook-delete-section "livebook.deleteSection"
  "Delete the section at point with its cells.")

(defun livebook-change-language (language)
  "Give the code cell at point another LANGUAGE."
  (interactive (list (completing-read "Language: " '("elixir" "erlang" "python") nil t)))
  (livebook--edit "livebook.changeCellLanguage" language))

;;;###autoload
(defun livebook-new (file)
  "Begin a new notebook in FILE."
  (interactive "FNew notebook: ")
  (find-file (if (string-suffix-p ".livemd" file) file (concat file ".livemd")))
  (livebook--begin (current-buffer) 100))

(defun livebook--begin (buffer tries)
  "Fill the new notebook in BUFFER once its server is there; look TRIES times."
  (when (buffer-live-p buffer)
    (with-current-buffer buffer
      (cond
       ((or (and (fboundp 'eglot-current-server) (eglot-current-server))
            (bound-and-true-p lsp-mode))
        (livebook-execute
         "livebook.beginNotebook"
         (lambda (range) (when range (livebook--select buffer (livebook--to-plist range))))))
       ((> tries 0)
        (run-with-timer 0.1 nil #'livebook--begin buffer (1- tries)))))))

(defvar livebook-cell-map
  (let ((map (make-sparse-keymap)))
    (dolist (it '(("a" . livebook-insert-code-above) ("b" . livebook-insert-code-below)
                  ("A" . livebook-insert-markdown-above) ("B" . livebook-insert-markdown-below)
                  ("s" . livebook-split-cell) ("j" . livebook-join-cells)
                  ("c" . livebook-duplicate-cell) ("d" . livebook-delete-cell)
                  ("v" . livebook-select-cell) ("l" . livebook-change-language)
                  ("m" . livebook-convert-to-markdown) ("y" . livebook-convert-to-code)
                  ("i" . livebook-insert-file) ("z" . livebook-fold-outputs)
                  ("S" . livebook-insert-section) ("o" . livebook-branch-off)
                  ("n" . livebook-next-cell) ("p" . livebook-previous-cell)
                  ("N" . livebook-move-cell-down) ("P" . livebook-move-cell-up)))
      (define-key map (kbd (car it)) (cdr it)))
    map)
  "Keys of what is done with cells.")
(define-key livebook-mode-map (kbd "C-c %") livebook-cell-map)

(easy-menu-define livebook-menu livebook-mode-map "Menu of `livebook-mode'."
  '("Livebook"
    ["Open in Livebook" livebook-open]
    ["Open in Livebook at this section" livebook-open-here]
    ["Sync to Livebook now" livebook-sync]
    ["Status" livebook-status]
    "---"
    ["Sync anyway" livebook-sync-anyway]
    ["Sync in two steps" livebook-sync-in-two-steps]
    ["Format as Livebook does" livebook-format]
    ["Restamp" livebook-restamp]
    ["Restore my version" livebook-restore]
    ["Restore an earlier version" livebook-restore-version]
    ["Show the browser's version" livebook-show-browser-version]
    "---"
    ["Run cell" livebook-run-cell]
    ["Run above" livebook-run-above]
    ["Run below" livebook-run-below]
    ["Run section" livebook-run-section]
    ["Run all" livebook-run-all]
    ["Run stale cells" livebook-run-stale]
    ["Stop" livebook-stop-run]
    ["Show output" livebook-show-output]
    ["Restart runtime" livebook-restart-runtime]
    "---"
    ("Cell"
     ["Insert a code cell above" livebook-insert-code-above]
     ["Insert a code cell below" livebook-insert-code-below]
     ["Insert a Markdown cell above" livebook-insert-markdown-above]
     ["Insert a Markdown cell below" livebook-insert-markdown-below]
     ["Split the cell" livebook-split-cell]
     ["Join the cell with the next" livebook-join-cells]
     ["Move the cell up, also across sections" livebook-move-cell-up]
     ["Move the cell down, also across sections" livebook-move-cell-down]
     ["Duplicate the cell" livebook-duplicate-cell]
     ["Delete the cell" livebook-delete-cell]
     ["Select the cell" livebook-select-cell]
     ["Make a Markdown cell of the code" livebook-convert-to-markdown]
     ["Make a code cell of the Markdown" livebook-convert-to-code]
     ["Change language" livebook-change-language])
    ("Section"
     ["Insert a section" livebook-insert-section]
     ["Insert a section that branches from the one" livebook-branch-off]
     ["Make the section a branch of the one above" livebook-make-branch]
     ["Move the section up" livebook-move-section-up]
     ["Move the section down" livebook-move-section-down]
     ["Make the heading a level higher, or a branch a section" livebook-promote]
     ["Make the heading a level lower" livebook-demote]
     ["Delete the section with its cells" livebook-delete-section])
    "---"
    ["Next cell" livebook-next-cell]
    ["Previous cell" livebook-previous-cell]
    "---"
    ["Fold outputs" livebook-fold-outputs]
    ["Insert a file…" livebook-insert-file]
    ["Import a file…" livebook-import]
    ["Start Livebook" livebook-start]
    ["Stop Livebook" livebook-stop]))

(provide 'livebook-ls)
;;; livebook-ls.el ends here
