#include "kernel/log/ring.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace lintel {
namespace {

struct Length {
    std::size_t bytes = 0;
    void write(std::string_view text) { bytes += text.size(); }
};

constexpr std::string_view cut_off = "...";

}  // namespace

/// Fills the slots of a line, one after the other. What could command a terminal (ECMA-48) becomes '?': texts in the
/// log come from anywhere.
class LogRing::Writer {
public:
    Writer(LogRing& ring, std::uint64_t first, unsigned parts) : ring_(ring), first_(first), room_(parts * room) {}

    void write(std::string_view text) {
        for (const char c : text) {
            const auto byte = static_cast<unsigned char>(c);
            const bool control = byte < 0x20 || byte == 0x7f || (previous_ == 0xc2 && byte >= 0x80 && byte < 0xa0);
            previous_ = byte;
            if (size_ == room_) cut_ = true;
            if (size_ < room_) put(size_++, control ? '?' : c);
        }
    }

    /// Gives how many bytes there are.
    std::size_t finish() {
        if (cut_)
            for (std::size_t i = 0; i < cut_off.size(); ++i) put(room_ - cut_off.size() + i, cut_off[i]);
        return size_;
    }

private:
    void put(std::size_t at, char c) { ring_.slot(first_ + at / room).text[at % room] = c; }

    LogRing& ring_;
    std::uint64_t first_;
    std::size_t room_;
    std::size_t size_ = 0;
    unsigned char previous_ = 0;
    bool cut_ = false;
};

void LogRing::open(std::uint64_t entry_ticks) {
    entry_ticks_ = entry_ticks;
    std::ranges::copy(std::string_view("lintelog"), magic_.begin());
}

void LogRing::set_ticks_per_second(std::uint64_t frequency) {
    ticks_per_second_.store(frequency, std::memory_order_relaxed);
}

std::uint64_t LogRing::microseconds_at(std::uint64_t ticks) const {
    constexpr std::uint64_t million = 1'000'000;
    const std::uint64_t frequency = ticks_per_second_.load(std::memory_order_relaxed);
    if (frequency == 0 || ticks < entry_ticks_) return 0;
    const std::uint64_t since = ticks - entry_ticks_;
    return since / frequency * million + since % frequency * million / frequency;
}

std::optional<std::uint64_t> LogRing::claim(unsigned parts) {
    std::uint64_t head = head_.load(std::memory_order_relaxed);
    do {
        if (head + parts > taken() + slot_count) return std::nullopt;
    } while (!head_.compare_exchange_weak(head, head + parts, std::memory_order_relaxed));
    return head;
}

std::optional<std::uint64_t> LogRing::write(const LogStamp& stamp, const Message& message) {
    Length length;
    print(length, message);
    const auto parts = static_cast<unsigned>(std::clamp<std::size_t>((length.bytes + room - 1) / room, 1, most_parts));
    const auto first = claim(parts);
    if (!first) return std::nullopt;

    // Whoever reads the old line sees that it goes before any of it has gone.
    for (unsigned part = 0; part < parts; ++part) slot(*first + part).sequence.store(0, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    Writer writer(*this, *first, parts);
    print(writer, message);
    std::size_t left = writer.finish();
    for (unsigned part = 0; part < parts; ++part) {
        const std::size_t here = std::min(left, room);
        slot(*first + part).header = {stamp.ticks,
                                      stamp.processor,
                                      stamp.level,
                                      static_cast<std::uint8_t>(part),
                                      static_cast<std::uint8_t>(parts),
                                      static_cast<std::uint8_t>(here)};
        left -= here;
    }
    // The first comes last: once it is there, all are.
    for (unsigned part = parts; part-- > 0;)
        slot(*first + part).sequence.store(*first + part + 1, std::memory_order_release);
    return *first + parts;
}

std::optional<LogPiece> LogRing::next() const {
    const std::uint64_t place = taken();
    const Slot& found = slot(place);
    if (found.sequence.load(std::memory_order_acquire) != place + 1) return std::nullopt;
    return piece_of(found.header, found.text);
}

bool LogRing::skip_unfinished() {
    if (taken() == head_.load(std::memory_order_acquire)) return false;
    if (!next()) take_next();
    return true;
}

LogPiece LogRing::piece_of(const Header& header, const std::array<char, room>& text) {
    return {{header.ticks, header.processor, header.level},
            header.part == 0,
            header.part + 1 == header.parts,
            {text.data(), header.length}};
}

std::uint64_t LogRing::oldest() const {
    const std::uint64_t head = head_.load(std::memory_order_acquire);
    return head < slot_count ? 0 : head - slot_count;
}

bool LogRing::read(std::uint64_t place, Copy& copy) const {
    const Slot& found = slot(place);
    if (found.sequence.load(std::memory_order_acquire) != place + 1) return false;
    copy.header = found.header;
    copy.text = found.text;
    // What was copied counts only if nobody has begun to overwrite it.
    std::atomic_thread_fence(std::memory_order_acquire);
    return found.sequence.load(std::memory_order_relaxed) == place + 1;
}

std::string_view level_text(LogLevel level) {
    switch (level) {
        case LogLevel::warning:
            return "warning: ";
        case LogLevel::error:
            return "error: ";
        case LogLevel::panic:
            return "panic: ";
        default:
            return {};
    }
}

TextBuffer<64> stamp_text(const LogStamp& stamp, std::uint64_t microseconds) {
    TextBuffer<64> text;
    // A panic starts its lines with its name, which is what people and programs look for.
    if (stamp.level == LogLevel::panic || stamp.level == LogLevel::plain) return text;
    print(text, "[{:5}.{:06} {}] ", microseconds / 1'000'000, microseconds % 1'000'000, stamp.processor);
    return text;
}

std::optional<LogLevel> level_named(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, LogLevel>, 4> names = {{{"debug", LogLevel::debug},
                                                                             {"info", LogLevel::info},
                                                                             {"warning", LogLevel::warning},
                                                                             {"error", LogLevel::error}}};
    const auto* found = std::ranges::find(names, name, &std::pair<std::string_view, LogLevel>::first);
    if (found == names.end()) return std::nullopt;
    return found->second;
}

}  // namespace lintel
