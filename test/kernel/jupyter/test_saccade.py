"""jupyter_kernel_test with a sample for every capability. Run by jupyter-kernel-test.test.ts."""
import os
import unittest

import jupyter_kernel_test

jupyter_kernel_test.TIMEOUT = 300
KERNEL = os.environ.get("SACCADE_KERNEL_NAME", "saccade")


class SaccadeTests(jupyter_kernel_test.KernelTests):
    def execute_helper(self, *args, **kwargs):
        """Waits as long for each output as for the reply: the suite's own 15 and 0.1 s are shorter than a busy machine's stalls."""
        channel = self.kc.iopub_channel
        get = channel.get_msg
        channel.get_msg = lambda timeout=None: get(timeout=jupyter_kernel_test.TIMEOUT)
        try:
            return super().execute_helper(*args, **{"timeout": jupyter_kernel_test.TIMEOUT, **kwargs})
        finally:
            channel.get_msg = get

    kernel_name = KERNEL
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oops')"
    completion_samples = [
        {"text": "Math.floo", "matches": {"floor"}},
        {"text": "Number.isSafeInt", "matches": {"isSafeInteger"}},
        {"text": "%lsmag", "matches": {"%lsmagic"}},
    ]
    complete_code_samples = ["1", "console.log('x')", "function f(x: number) { return x * 2; }", "await Promise.resolve(1)", "class A {\n  a = 1;\n}\n"]
    incomplete_code_samples = ["console.log('x'", "function f() {", "const t = `open", "const list = [1,", "class A {"]
    invalid_code_samples = ["const = 1", "1 +* 2", ")"]
    code_page_something = "%help"
    code_generate_error = "throw new Error('wrong')"
    code_execute_result = [
        {"code": "1 + 1", "result": "2"},
        {"code": "1 + 2", "result": "3"},
        {"code": "[1, 2].length", "result": "2"},
        {"code": "({ toString: () => 'x', [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>x</b>', 'text/plain': 'x' }) })", "mime": "text/html", "result": "<b>x</b>"},
    ]
    code_display_data = [
        {"code": "display(html`<b>bold</b>`)", "mime": "text/html"},
        {"code": "display(svg`<svg xmlns='http://www.w3.org/2000/svg'/>`)", "mime": "image/svg+xml"},
        {"code": "display(md`**bold**`)", "mime": "text/markdown"},
    ]
    supported_history_operations = ("tail", "range", "search")
    code_history_pattern = "1 + 1*"  # matches one text only: `unique` must find one
    code_inspect_sample = "Math.floor"
    code_clear_output = "console.log('gone'); clearOutput()"


class SaccadeIopubWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = KERNEL
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main()
