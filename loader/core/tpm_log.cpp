// Section numbers are those of the TCG PC Client Platform Firmware Profile 1.05.
#include "loader/core/tpm_log.hpp"

#include <cstdint>
#include <string_view>

namespace lintel::loader {
namespace {

constexpr std::uint64_t largest_log = 16 << 20;               // bytes
constexpr std::uint64_t sha1_event_header = 32;               // 10.2.1: register, type, SHA-1, size of the data
constexpr std::uint64_t digests_offset = 8;                   // 10.2.2: register, type, number of digests
constexpr std::string_view crypto_agile = "Spec ID Event03";  // 10.4.5.1

/// The log's bytes from its start on, of which more and more turn out to be there.
class LogReader {
public:
    LogReader(PhysicalMemory memory, PhysAddr start) : memory_(memory), start_(start) {}

    template <class T>
    [[nodiscard]] std::optional<T> read(std::uint64_t offset) const {
        if (offset > largest_log) return std::nullopt;
        auto bytes = memory_.bytes(start_ + offset, sizeof(T));
        if (!bytes) return std::nullopt;
        return copy_at<T>(*bytes, 0);
    }

    [[nodiscard]] std::optional<Bytes> first(std::uint64_t size) const {
        if (size > largest_log) return std::nullopt;
        return memory_.bytes(start_, size);
    }

private:
    PhysicalMemory memory_;
    PhysAddr start_;
};

/// The end of the event at `offset` that has one digest, of SHA-1: all in a log of the older form, and the first in one
/// of the newer.
std::optional<std::uint64_t> skip_sha1_event(const LogReader& log, std::uint64_t offset) {
    auto size = log.read<std::uint32_t>(offset + sha1_event_header - sizeof(std::uint32_t));
    if (!size) return std::nullopt;
    return offset + sha1_event_header + *size;
}

/// The size of a digest of `algorithm`, as the log's first event lists them; nothing where it does not.
std::optional<std::uint64_t> digest_size(const LogReader& log, std::uint16_t algorithm) {
    // 10.4.5.1: signature, platform class, version and the like, number of algorithms, and each with its size.
    constexpr std::uint64_t count_offset = sha1_event_header + 24;
    auto signature = log.first(sha1_event_header + crypto_agile.size());
    auto count = log.read<std::uint32_t>(count_offset);
    if (!signature || !count || !as_text(*signature).ends_with(crypto_agile)) return std::nullopt;
    for (std::uint64_t i = 0; i < *count; ++i) {
        auto listed = log.read<std::uint16_t>(count_offset + 4 + 4 * i);
        auto size = log.read<std::uint16_t>(count_offset + 6 + 4 * i);
        if (!listed || !size) return std::nullopt;
        if (*listed == algorithm) return *size;
    }
    return std::nullopt;
}

/// The end of the event at `offset` of a log of the newer form, behind the first.
std::optional<std::uint64_t> skip_event(const LogReader& log, std::uint64_t offset) {
    auto count = log.read<std::uint32_t>(offset + digests_offset);
    std::uint64_t at = offset + digests_offset + sizeof(std::uint32_t);
    for (std::uint64_t i = 0; count && i < *count; ++i) {
        auto algorithm = log.read<std::uint16_t>(at);
        auto size = algorithm ? digest_size(log, *algorithm) : std::nullopt;
        if (!size) return std::nullopt;
        at += sizeof(std::uint16_t) + *size;
    }
    auto size = log.read<std::uint32_t>(at);
    if (!count || !size) return std::nullopt;
    return at + sizeof(std::uint32_t) + *size;
}

}  // namespace

std::optional<Bytes> find_events(PhysicalMemory memory, const TpmLog& log) {
    if (!log.last_event) return Bytes{};
    if (*log.last_event < log.start) return std::nullopt;
    LogReader reader(memory, log.start);
    std::uint64_t last = *log.last_event - log.start;
    bool newer = log.format == limine::TpmEventLogFormat::tcg_2 && last != 0;
    auto end = newer ? skip_event(reader, last) : skip_sha1_event(reader, last);
    return end ? reader.first(*end) : std::nullopt;
}

}  // namespace lintel::loader
