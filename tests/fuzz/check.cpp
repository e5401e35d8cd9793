// Kernels as `lintel check` reads them: segments, relocations, requests, sections, symbols, code.
// The input: the file.
#include "runner/check/kernel.hpp"

#include "loader/core/executable.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace lintel::fuzz {

using namespace lintel::runner;

void try_input(Bytes input) {
    auto file = copy_of(input);
    const KernelReport report = check_kernel(as_text(file));
    bool any_error = false;
    for (const Remark& remark : report.remarks) {
        ensure(!remark.name.empty() && !remark.text.empty(), "a remark has a name and a sentence");
        any_error = any_error || remark.severity == Severity::error;
    }
    ensure(any_error || loader::Executable::parse(file).has_value(), "what the loader refuses is an error");
}

}  // namespace lintel::fuzz
