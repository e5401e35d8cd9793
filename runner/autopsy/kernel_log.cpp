// See the header. The layout is the kernel's promise to readers from outside; the offsets are those of its
// documentation.
#include "runner/autopsy/kernel_log.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/bytes.hpp"
#include "base/printable.hpp"

namespace lintel::runner {

namespace {

constexpr std::string_view mark = "lintelog";
constexpr std::uint64_t slot_count = 512, slot_size = 128, first_slot = 40;
constexpr std::uint64_t text_offset = 24, text_room = slot_size - text_offset;  // in a slot
constexpr unsigned most_parts = 16;                                             // of a line
constexpr unsigned panic_level = 4, plain_level = 5;
constexpr std::array<std::string_view, plain_level + 1> level_words = {"", "", "warning: ", "error: ", "panic: ", ""};

std::string printable(std::string_view text) {
    std::string result;
    while (!text.empty()) result += take_printable(text);
    return result;
}

/// The part of a line that a slot has.
struct Part {
    std::uint64_t ticks;
    std::uint16_t processor;
    std::uint8_t level, number, count;
    std::string_view text;
};

/// Nothing where the slot does not have that place's line, or has what no kernel writes.
std::optional<Part> part_at(Bytes object, std::uint64_t place) {
    const auto slot = slice(object, first_slot + place % slot_count * slot_size, slot_size);
    if (!slot || copy_at<std::uint64_t>(*slot, 0) != place + 1) return std::nullopt;
    const auto length = copy_at<std::uint8_t>(*slot, 21);
    const Part part{.ticks = copy_at<std::uint64_t>(*slot, 8),
                    .processor = copy_at<std::uint16_t>(*slot, 16),
                    .level = copy_at<std::uint8_t>(*slot, 18),
                    .number = copy_at<std::uint8_t>(*slot, 19),
                    .count = copy_at<std::uint8_t>(*slot, 20),
                    .text = as_text(*slot).substr(text_offset, length)};
    const bool sound =
        length <= text_room && part.level < level_words.size() && part.number < part.count && part.count <= most_parts;
    return sound ? std::optional(part) : std::nullopt;
}

std::string stamp_of(const Part& part, std::uint64_t entry, std::uint64_t ticks_per_second) {
    const std::string_view level = level_words[part.level];
    if (part.level >= panic_level) return std::string(level);
    const std::uint64_t since = ticks_per_second == 0 || part.ticks < entry ? 0 : part.ticks - entry;
    const std::uint64_t second = std::max<std::uint64_t>(ticks_per_second, 1);
    // In two words: who knows how large these numbers are.
    const auto microseconds =
        static_cast<std::uint64_t>(static_cast<unsigned __int128>(since % second) * 1'000'000 / second);
    return fmt::format("[{:5}.{:06} {}] {}", since / second, microseconds, part.processor, level);
}

}  // namespace

KernelLog parse_kernel_log(std::string_view object) {
    const Bytes bytes = as_bytes(object);
    if (object.size() < first_slot) return {.broken = "its memory is not mapped"};
    if (object.starts_with(std::string(mark.size(), '\0'))) return {};  // not open yet
    if (!object.starts_with(mark)) return {.broken = "something has written over its beginning"};
    const auto entry = copy_at<std::uint64_t>(bytes, 8);
    const auto ticks_per_second = copy_at<std::uint64_t>(bytes, 16);
    const auto end = copy_at<std::uint64_t>(bytes, 24);

    std::vector<std::string> lines;
    std::string line;
    constexpr unsigned none = most_parts;
    unsigned next = none;  // part of that line
    for (std::uint64_t place = end < slot_count ? 0 : end - slot_count; place != end; ++place) {
        const auto part = part_at(bytes, place);
        if (!part || (part->number != 0 && part->number != next)) {
            next = none;
            continue;
        }
        if (part->number == 0) line = stamp_of(*part, entry, ticks_per_second);
        line += part->text;
        const bool whole = part->number + 1U == part->count;
        if (whole) lines.push_back(printable(line));
        next = whole ? none : part->number + 1U;
    }
    if (lines.empty() && end != 0) return {.broken = "none of its lines is whole"};
    return {.lines = std::move(lines)};
}

KernelLog read_kernel_log(const DebugInfo& kernel, const GuestMemory& memory) {
    auto address = kernel.find("_ZN6lintel10kernel_logE");
    if (!address) address = kernel.find("kernel_log");
    if (!address) return {};
    return parse_kernel_log(memory.bytes(*address, first_slot + slot_count * slot_size));
}

std::vector<std::string> lines_missing_in(std::string_view serial, std::vector<std::string> lines) {
    std::set<std::string> said;
    while (!serial.empty()) {
        const std::size_t end = std::min(serial.find('\n'), serial.size());
        said.insert(printable(serial.substr(0, end)));
        serial.remove_prefix(std::min(end + 1, serial.size()));
    }
    std::erase_if(lines, [&](const std::string& line) { return said.contains(line); });
    return lines;
}

}  // namespace lintel::runner
