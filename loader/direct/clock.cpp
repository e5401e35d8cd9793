#include "loader/direct/clock.hpp"

#include <array>
#include <chrono>

#include "arch/x86_64/ports.hpp"

namespace lintel::loader::direct {
namespace {

constexpr std::uint8_t status_a = 0x0a, status_b = 0x0b;
constexpr std::uint8_t updating = 0x80;                      // in status A
constexpr std::uint8_t is_binary = 0x04, is_24_hour = 0x02;  // in status B
constexpr std::uint8_t is_afternoon = 0x80;                  // in the hour

// Seconds, minutes, hours, day, month, year; and the century, where PCs keep it.
constexpr std::array<std::uint8_t, 7> fields = {0x00, 0x02, 0x04, 0x07, 0x08, 0x09, 0x32};
using Reading = std::array<std::uint8_t, fields.size()>;

std::uint8_t read_register(std::uint8_t number) {
    arch::out8(0x70, number);
    return arch::in8(0x71);
}

Reading read_fields() {
    // An update takes up to 2 ms; a clock that never ends one is read as it is, and its date checked below.
    for (int i = 0; i < 100'000 && (read_register(status_a) & updating) != 0; ++i) {
    }
    Reading reading;
    for (std::size_t i = 0; i < fields.size(); ++i) reading[i] = read_register(fields[i]);
    return reading;
}

unsigned decode(std::uint8_t value, std::uint8_t format) {
    return (format & is_binary) != 0 ? value : (value >> 4) * 10U + (value & 0x0fU);
}

}  // namespace

std::optional<std::int64_t> read_clock() {
    // Two equal readings in a row: no update fell between them.
    Reading reading = read_fields();
    for (int i = 0; i < 8; ++i) {
        Reading again = read_fields();
        if (again == reading) break;
        reading = again;
    }
    std::uint8_t format = read_register(status_b);
    unsigned hour = decode(reading[2] & ~is_afternoon, format);
    if ((format & is_24_hour) == 0) hour = hour % 12 + ((reading[2] & is_afternoon) != 0 ? 12 : 0);
    unsigned century = decode(reading[6], format);
    if (century < 19 || century > 99) century = 20;

    std::chrono::year_month_day date{std::chrono::year(static_cast<int>(century * 100 + decode(reading[5], format))),
                                     std::chrono::month(decode(reading[4], format)),
                                     std::chrono::day(decode(reading[3], format))};
    if (!date.ok()) return std::nullopt;
    std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    return ((days * 24 + hour) * 60 + decode(reading[1], format)) * 60 + decode(reading[0], format);
}

}  // namespace lintel::loader::direct
