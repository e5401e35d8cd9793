// Section numbers are those of RFC 1951.
#include "loader/core/inflate.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>

namespace lintel::loader {
namespace {

constexpr unsigned longest_code = 15;       // bits (3.2.7)
constexpr std::size_t literal_codes = 288;  // 3.2.6; two of them are never used
constexpr std::size_t distance_codes = 32;  // and here, too
constexpr unsigned end_of_block = 256;      // 3.2.5

/// The compressed data, bit by bit: the least significant of a byte comes first (3.1.1).
class BitReader {
public:
    explicit BitReader(Bytes bytes) : bytes_(bytes) {}

    /// The next 15 bits, with zeroes for those that are not there.
    std::uint32_t peek() {
        while (count_ <= 24 && next_ < bytes_.size()) {
            bits_ |= std::to_integer<std::uint32_t>(bytes_[next_++]) << count_;
            count_ += 8;
        }
        return bits_ & ((1U << longest_code) - 1);
    }

    /// Drops `count` of the bits that peek() gave; false where they were not there.
    bool drop(unsigned count) {
        ran_out_ = ran_out_ || count > count_;
        if (ran_out_) return false;
        bits_ >>= count;
        count_ -= count;
        return true;
    }

    /// The next `count` bits, at most 15, as a number; nothing where they are not there.
    std::optional<std::uint32_t> take(unsigned count) {
        std::uint32_t value = peek() & ((1U << count) - 1);
        if (!drop(count)) return std::nullopt;
        return value;
    }

    /// The next `count` whole bytes, from the next boundary between bytes on.
    std::optional<Bytes> take_bytes(std::size_t count) {
        next_ = position();
        bits_ = count_ = 0;
        auto bytes = slice(bytes_, next_, count);
        ran_out_ = ran_out_ || !bytes;
        if (bytes) next_ += count;
        return bytes;
    }

    /// The offset of the first byte of which no bit was taken.
    [[nodiscard]] std::size_t position() const { return next_ - count_ / 8; }

    /// Whether more was asked for than there is.
    [[nodiscard]] bool ran_out() const { return ran_out_; }

private:
    Bytes bytes_;
    std::size_t next_ = 0;     // the first byte that is not in `bits_` yet
    std::uint32_t bits_ = 0;   // those that were read and not taken
    std::uint32_t count_ = 0;  // how many these are
    bool ran_out_ = false;
};

/// A prefix code (3.2.2): codes of one length are consecutive numbers, in the order of their symbols, and follow those
/// of the length before.
class PrefixCode {
public:
    /// The code in which symbol `i` has `lengths[i]` bits; none at all where that is 0. False where there are more
    /// codes than such lengths leave room for.
    bool build(std::span<const std::uint8_t> lengths) {
        counts_ = {};
        for (std::uint8_t length : lengths) ++counts_[length];
        counts_[0] = 0;
        std::array<std::uint16_t, longest_code + 1> place{};
        std::uint32_t room = 1;
        for (unsigned length = 1; length <= longest_code; ++length) {
            room *= 2;
            if (counts_[length] > room) return false;
            room -= counts_[length];
            place[length] = static_cast<std::uint16_t>(place[length - 1] + counts_[length - 1]);
        }
        for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol)
            if (lengths[symbol] != 0) symbols_[place[lengths[symbol]]++] = static_cast<std::uint16_t>(symbol);
        fill_short();
        return true;
    }

    /// The next symbol; nothing where the data ends or the bits are no code.
    std::optional<unsigned> decode(BitReader& reader) const {
        std::uint32_t bits = reader.peek();
        Short known = short_[bits % short_.size()];
        if (known.length != 0) {
            if (!reader.drop(known.length)) return std::nullopt;
            return known.symbol;
        }
        return decode_slowly(reader, bits);
    }

private:
    static constexpr unsigned short_bits = 9;
    struct Short {
        std::uint16_t symbol;
        std::uint16_t length;  // 0: the code is longer, or there is none
    };

    /// A code's first bit is its most significant one.
    std::optional<unsigned> decode_slowly(BitReader& reader, std::uint32_t bits) const {
        std::uint32_t code = 0, first = 0, index = 0;
        for (unsigned length = 1; length <= longest_code; ++length) {
            code = code * 2 + (bits & 1);
            bits >>= 1;
            first *= 2;
            if (code - first < counts_[length]) {
                if (!reader.drop(length)) return std::nullopt;
                return symbols_[index + code - first];
            }
            index += counts_[length];
            first += counts_[length];
        }
        return std::nullopt;
    }

    /// What each value of the next nine bits starts with.
    void fill_short() {
        short_ = {};
        std::uint32_t code = 0, index = 0;
        for (unsigned length = 1; length <= short_bits; ++length) {
            code *= 2;
            for (unsigned i = 0; i < counts_[length]; ++i, ++code, ++index) {
                std::uint32_t reversed = 0;
                for (unsigned bit = 0; bit < length; ++bit) reversed |= (code >> bit & 1) << (length - 1 - bit);
                for (std::uint32_t at = reversed; at < short_.size(); at += 1U << length)
                    short_[at] = {symbols_[index], static_cast<std::uint16_t>(length)};
            }
        }
    }

    std::array<std::uint16_t, longest_code + 1> counts_{};  // of the codes of each length
    std::array<std::uint16_t, literal_codes> symbols_{};    // in the order of their codes
    std::array<Short, 1U << short_bits> short_{};
};

/// A length or a distance: the least that its symbol stands for, and how many bits say what comes on top (3.2.5).
struct Range {
    std::uint16_t least;
    std::uint16_t more_bits;
};

/// Both tables grow by one bit every `step` symbols, once the first 2 * `step` have had none.
template <std::size_t count>
consteval std::array<Range, count> make_ranges(std::uint16_t least, std::size_t step) {
    std::array<Range, count> ranges{};
    for (std::size_t i = 0; i < count; ++i) {
        auto more_bits = static_cast<std::uint16_t>(i < 2 * step ? 0 : i / step - 1);
        ranges[i] = {least, more_bits};
        least = static_cast<std::uint16_t>(least + (1U << more_bits));
    }
    return ranges;
}

constexpr auto length_ranges = [] {
    auto ranges = make_ranges<29>(3, 4);
    ranges[28] = {258, 0};  // the longest has a symbol of its own
    return ranges;
}();
constexpr auto distance_ranges = make_ranges<30>(1, 2);

class Inflater {
public:
    Inflater(Bytes in, MutableBytes out) : in_(in), out_(out) {}

    Result<Inflated> run() {
        for (bool last = false; !last;) {
            auto header = in_.take(3);  // 3.2.3
            last = header && (*header & 1) != 0;
            if (header && block(*header >> 1)) continue;
            return fail(ErrorCode::malformed,
                        in_.ran_out() ? Literal("the compressed data ends early") : "the compressed data is damaged");
        }
        return Inflated{.consumed = in_.position(), .produced = produced_};
    }

private:
    bool block(std::uint32_t type) {
        switch (type) {
            case 0:
                return stored_block();
            case 1:
                return fixed_codes() && coded_block();
            case 2:
                return dynamic_codes() && coded_block();
            default:
                return false;
        }
    }

    void put(std::byte byte) {
        if (produced_ < out_.size()) out_[produced_] = byte;
        ++produced_;
    }

    /// 3.2.4: a length, the same with all bits inverted, and as many bytes.
    bool stored_block() {
        auto head = in_.take_bytes(4);
        if (!head) return false;
        auto length = copy_at<std::uint16_t>(*head, 0), inverted = copy_at<std::uint16_t>(*head, 2);
        if ((length ^ inverted) != 0xffff) return false;
        auto bytes = in_.take_bytes(length);
        if (!bytes) return false;
        for (std::byte byte : *bytes) put(byte);
        return true;
    }

    bool fixed_codes() {  // 3.2.6
        std::array<std::uint8_t, literal_codes> literal_lengths{};
        std::span all(literal_lengths);
        std::ranges::fill(all.subspan(0, 144), 8);
        std::ranges::fill(all.subspan(144, 112), 9);
        std::ranges::fill(all.subspan(256, 24), 7);
        std::ranges::fill(all.subspan(280), 8);
        std::array<std::uint8_t, distance_codes> distance_lengths{};
        distance_lengths.fill(5);
        return literals_.build(literal_lengths) && distances_.build(distance_lengths);
    }

    /// 3.2.7: the lengths of the codes' bits, in a code of their own, whose lengths come first.
    bool dynamic_codes() {
        constexpr std::array<std::uint8_t, 19> order{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
        auto literals = in_.take(5), distances = in_.take(5), given = in_.take(4);
        if (!literals || !distances || !given || *literals > 29 || *distances > 29) return false;
        std::array<std::uint8_t, order.size()> code_lengths{};
        for (std::size_t i = 0; i < *given + 4; ++i) {
            auto length = in_.take(3);
            if (!length) return false;
            code_lengths[order[i]] = static_cast<std::uint8_t>(*length);
        }
        if (!literals_.build(code_lengths)) return false;
        std::array<std::uint8_t, literal_codes + distance_codes> all{};
        std::size_t split = *literals + 257;
        auto used = std::span(all).first(split + *distances + 1);
        return read_lengths(literals_, used) && literals_.build(used.first(split)) &&
               distances_.build(used.subspan(split));
    }

    bool read_lengths(const PrefixCode& code, std::span<std::uint8_t> into) {
        struct Repeat {
            bool last;  // of the length before; of 0 otherwise
            unsigned least, more_bits;
        };
        constexpr std::array<Repeat, 3> repeats{Repeat{true, 3, 2}, Repeat{false, 3, 3}, Repeat{false, 11, 7}};
        std::size_t at = 0;
        while (at < into.size()) {
            auto symbol = code.decode(in_);
            if (!symbol) return false;
            if (*symbol < 16) {
                into[at++] = static_cast<std::uint8_t>(*symbol);
                continue;
            }
            const Repeat& repeat = repeats[*symbol - 16];
            auto more = in_.take(repeat.more_bits);
            if (!more || (repeat.last && at == 0)) return false;
            std::size_t count = repeat.least + *more;
            if (count > into.size() - at) return false;
            std::ranges::fill(into.subspan(at, count), repeat.last ? into[at - 1] : 0);
            at += count;
        }
        return true;
    }

    /// 3.2.3: literal bytes, and repetitions of what came before.
    bool coded_block() {
        for (;;) {
            auto symbol = literals_.decode(in_);
            if (!symbol) return false;
            if (*symbol < end_of_block)
                put(static_cast<std::byte>(*symbol));
            else if (*symbol == end_of_block)
                return true;
            else if (!repeat(*symbol - end_of_block - 1))
                return false;
        }
    }

    bool repeat(unsigned length_symbol) {
        if (length_symbol >= length_ranges.size()) return false;
        auto more_length = in_.take(length_ranges[length_symbol].more_bits);
        auto distance_symbol = distances_.decode(in_);
        if (!more_length || !distance_symbol || *distance_symbol >= distance_ranges.size()) return false;
        auto more_distance = in_.take(distance_ranges[*distance_symbol].more_bits);
        if (!more_distance) return false;
        std::size_t length = length_ranges[length_symbol].least + *more_length;
        std::size_t distance = distance_ranges[*distance_symbol].least + *more_distance;
        if (distance > produced_) return false;
        // Byte by byte: the two may overlap, and then the first of them repeats itself.
        std::size_t fits = produced_ < out_.size() ? std::min(length, out_.size() - produced_) : 0;
        for (std::size_t i = 0; i < fits; ++i) out_[produced_ + i] = out_[produced_ + i - distance];
        produced_ += length;
        return true;
    }

    BitReader in_;
    MutableBytes out_;
    std::uint64_t produced_ = 0;
    PrefixCode literals_;  // and, before those are known, the code that their lengths are in
    PrefixCode distances_;
};

}  // namespace

Result<Inflated> inflate(Bytes in, MutableBytes out) { return Inflater(in, out).run(); }

}  // namespace lintel::loader
