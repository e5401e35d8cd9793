// The lines look like
//     check_exception old: 0xffffffff new 0xe
//          1: v=0e e=0002 i=0 cpl=0 IP=0028:ffffffff80001000 pc=... SP=0030:ffff80001ff5cff8 CR2=0000000000000008
// with the registers behind each, and "Triple fault" where it came to that.
// Invariant: see the header.
#include "runner/machine/fault_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>

namespace lintel::runner {

namespace {

constexpr std::uint64_t largest = 16 << 20;               // bytes; a record has 1,500
constexpr auto shortest_time = std::chrono::seconds(10);  // for so many; less is too often
constexpr unsigned double_fault_vector = 8, page_fault_vector = 14;
constexpr std::size_t tail = 64 << 10;
constexpr auto answer_time = std::chrono::seconds(2);

std::uint64_t number_behind(std::string_view line, std::string_view name) {
    const std::size_t at = line.find(name);
    if (at == std::string_view::npos) return 0;
    std::string_view digits = line.substr(at + name.size());
    std::uint64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    return value;
}

std::uint64_t number_behind_colon(std::string_view line, std::string_view name) {
    const std::size_t at = line.find(name);
    return at == std::string_view::npos ? 0 : number_behind(line.substr(at), ":");
}

}  // namespace

FaultHistory parse_faults(std::string_view log) {
    FaultHistory history;
    while (!log.empty()) {
        std::string_view line = log.substr(0, log.find('\n'));
        log.remove_prefix(std::min(line.size() + 1, log.size()));
        if (line.starts_with("Triple fault")) {
            history.triple_fault = true;
        } else if (line.contains(": v=") && line.contains(" IP=")) {
            const auto vector = static_cast<unsigned>(number_behind(line, " v="));
            history.faults.push_back({.vector = vector,
                                      .error = number_behind(line, " e="),
                                      .software = number_behind(line, " i=") != 0,
                                      .privilege = static_cast<unsigned>(number_behind(line, " cpl=")),
                                      .instruction = number_behind_colon(line, " IP="),
                                      .stack = number_behind_colon(line, " SP="),
                                      .address = vector == 14 ? number_behind(line, " CR2=") : 0});
            history.triple_fault = false;
        }
    }
    return history;
}

// The last one is the double fault. Before it comes the fault that could not be delivered either; where that one is
// about an entry of the IDT, the entry's own vector came first.
std::span<const Fault> last_chain(const FaultHistory& history) {
    const auto& faults = history.faults;
    if (!history.triple_fault || faults.empty()) return {};
    std::size_t first = faults.size() - 1;
    if (first > 0 && faults[first].vector == double_fault_vector) --first;
    const auto same_place = [&](const Fault& one, const Fault& other) {
        return one.instruction == other.instruction && one.stack == other.stack;
    };
    const bool about_idt = faults[first].vector != page_fault_vector && (faults[first].error & 2) != 0;
    if (first > 0 && about_idt && same_place(faults[first], faults[first - 1])) --first;
    return std::span(faults).subspan(first);
}

void FaultLog::limit(Qmp& control) {
    if (!open_) return;
    std::error_code error;
    const std::uint64_t size = fs::file_size(file_, error);
    if (error || size < mark_ + largest) return;
    if (Clock::now() - since_ < shortest_time) {
        [[maybe_unused]] auto ignored = control.human("log none", Clock::now() + answer_time);
        kept_ = read();
        open_ = false;
    }
    // QEMU writes on where it was: what was before becomes a hole, which takes no room.
    fs::resize_file(file_, 0, error);
    mark_ = size;
    since_ = Clock::now();
}

FaultHistory FaultLog::read() const {
    if (!open_) return kept_;
    Descriptor file(::open(file_.c_str(), O_RDONLY | O_CLOEXEC));
    const off_t size = ::lseek(file.number(), 0, SEEK_END);
    if (size <= 0) return {};
    std::string text(std::min<std::size_t>(static_cast<std::size_t>(size), tail), '\0');
    const ssize_t count = ::pread(file.number(), text.data(), text.size(), size - static_cast<off_t>(text.size()));
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return parse_faults(text);
}

}  // namespace lintel::runner
