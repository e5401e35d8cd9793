// See the header. SOURCE_DATE_EPOCH: reproducible-builds.org/specs/source-date-epoch.
#include "runner/image/tools.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>

#include "runner/host/process.hpp"

namespace lintel::runner {

namespace {

constexpr std::uint64_t usual_date = 1735689600;  // 2025-01-01
constexpr std::uint64_t first_date = 315532800;   // 1980-01-01
constexpr std::uint64_t last_date = 4354819199;   // 2107-12-31, the last day of FAT's dates

}  // namespace

Outcome<std::uint64_t> image_date() {
    auto text = environment("SOURCE_DATE_EPOCH");
    if (!text) return usual_date;
    std::uint64_t seconds = 0;
    auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
    if (error != std::errc() || end != text->data() + text->size() || seconds > last_date)
        return refuse("SOURCE_DATE_EPOCH={} is no number of seconds from 1970 to 2107", *text);
    return std::max(seconds, first_date);
}

std::string xorriso_date(std::uint64_t seconds) {
    auto time = static_cast<std::time_t>(seconds);
    std::tm date{};
    ::gmtime_r(&time, &date);
    return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}00", date.tm_year + 1900, date.tm_mon + 1, date.tm_mday,
                       date.tm_hour, date.tm_min, date.tm_sec);
}

Outcome<void> run_tool(std::vector<std::string> arguments, std::string_view task, std::string_view package,
                       const fs::path& input) {
    std::string name = arguments[0];
    // Debian keeps the partitioning tools where an ordinary user's PATH does not lead.
    auto program = find_program({name, "/usr/sbin/" + name});
    if (!program) return refuse("{} is missing; install it with: apt-get install {}", name, package);
    arguments[0] = program->string();
    Descriptor reading(::open(input.c_str(), O_RDONLY | O_CLOEXEC));
    if (!reading.open()) return refuse("cannot read {}: {}", input.string(), std::strerror(errno));
    Launch launch{.arguments = std::move(arguments)};
    launch.environment = {{"SOURCE_DATE_EPOCH", fmt::format("{}", TRY(image_date()))},
                          {"TZ", "UTC"},
                          {"LC_ALL", "C.UTF-8"},
                          {"MTOOLSRC", "/dev/null"}};
    launch.input = reading.number();
    auto finished = TRY(run(std::move(launch)));
    if (finished.status != 0)
        return refuse("{} failed to {} (exit code {}): {}", name, task, finished.status, last_lines(finished.text, 3));
    return {};
}

}  // namespace lintel::runner
