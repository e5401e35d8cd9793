#include "kernel/tests/tests.hpp"

#include <array>

#include "base/text.hpp"
#include "kernel/log.hpp"

namespace lintel {
namespace {

struct Failure {
    std::string_view why;
    std::source_location where;
};

constinit bool failed = false;
constinit Failure first_failure{};

template <class... Args>
void say(FormatString<std::type_identity_t<Args>...> format, const Args&... args) {
    LogSink sink;
    print(sink, format, args...);
    sink.write("\n");
}

void run(const KernelTest& test) {
    failed = false;
    say("test: {}", test.name);
    test.run();
    if (failed)
        say("not ok: {}: {} ({}:{})", test.name, first_failure.why, first_failure.where.file_name(),
            first_failure.where.line());
    else
        say("ok: {}", test.name);
}

}  // namespace

void expect(bool condition, std::string_view why, std::source_location where) {
    if (condition || failed) return;
    failed = true;
    first_failure = {why, where};
}

int run_tests(std::string_view filter) {
    const std::array lists = {interrupt_tests, trap_tests};
    int ran = 0;
    int failures = 0;
    for (const auto& list : lists) {
        for (const KernelTest& test : list) {
            if (test.name.find(filter) == std::string_view::npos) continue;
            run(test);
            ++ran;
            if (failed) ++failures;
        }
    }
    if (ran == 0) return -1;
    log("{} tests, {} failed", ran, failures);
    return failures;
}

}  // namespace lintel
