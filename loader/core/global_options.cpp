// The table of global options, and the forms that their values have.
#include "loader/core/global_options.hpp"

#include <algorithm>
#include <charconv>

#include "loader/core/ascii.hpp"
#include "loader/core/entry.hpp"

namespace lintel::loader {
namespace {

constexpr std::uint32_t longest_timeout = 9999 * 1000;  // milliseconds
constexpr std::uint32_t fastest_baudrate = 115200;
constexpr std::uint32_t widest_margin = 10'000;  // pixels; keeps sums small, and no screen has room for it
constexpr std::uint32_t largest_font_scale = 8;

/// Seconds with a decimal fraction, as milliseconds; 0 for what is not a number.
std::uint32_t parse_timeout(std::string_view text) {
    std::size_t point = std::min(text.find('.'), text.size());
    std::string_view whole = text.substr(0, point);
    std::string_view fraction = point < text.size() ? text.substr(point + 1) : std::string_view();
    if ((whole.empty() && fraction.empty()) || !std::ranges::all_of(whole, is_digit) ||
        !std::ranges::all_of(fraction, is_digit))
        return 0;
    std::uint32_t milliseconds = 0;
    for (char c : whole) {
        milliseconds = milliseconds * 10 + static_cast<std::uint32_t>(c - '0') * 1000;
        if (milliseconds > longest_timeout) return longest_timeout;
    }
    std::uint32_t unit = 100;
    for (char c : fraction) {
        milliseconds += static_cast<std::uint32_t>(c - '0') * unit;
        unit /= 10;
    }
    return std::min(milliseconds, longest_timeout);
}

/// RRGGBB.
std::optional<Colour> parse_colour(std::string_view text) {
    if (text.size() != 6 || !std::ranges::all_of(text, is_hexadecimal)) return std::nullopt;
    std::uint32_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number, 16);
    return Colour{static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
                  static_cast<std::uint8_t>(number)};
}

/// Eight colours with ';' between them. False, and nothing is changed, for anything else.
bool parse_palette(std::string_view text, Palette& palette) {
    std::array<Colour, 8> parsed{};
    if (text.size() != parsed.size() * 7 - 1) return false;
    for (std::size_t i = 0; i < parsed.size(); ++i) {
        auto colour = parse_colour(text.substr(i * 7, 6));
        if (!colour || (i > 0 && text[i * 7 - 1] != ';')) return false;
        parsed[i] = *colour;
    }
    palette = parsed;
    return true;
}

std::optional<GlyphScale> parse_font_scale(std::string_view text) {
    std::size_t x = std::min(text.find('x'), text.size() - 1);
    auto across = parse_decimal(text.substr(0, x)), down = parse_decimal(text.substr(x + 1));
    auto fits = [](auto factor) { return factor && *factor >= 1 && *factor <= largest_font_scale; };
    if (!fits(across) || !fits(down)) return std::nullopt;
    return GlyphScale{.x = *across, .y = *down};
}

/// Puts a value that was understood into its place.
template <class Target, class Value>
bool put(Target& target, const std::optional<Value>& value) {
    if (value) target = *value;
    return value.has_value();
}

/// An option that is off unless its value is "yes", or on unless it is "no".
struct Flag {
    std::string_view name;
    bool GlobalOptions::* target;
    bool by_default;
};
constexpr std::array flags{
    Flag{"remember_last_entry", &GlobalOptions::remember_last_entry, false},
    Flag{"quiet", &GlobalOptions::quiet, false},
    Flag{"verbose", &GlobalOptions::verbose, false},
    Flag{"serial", &GlobalOptions::serial, true},
    Flag{"hash_mismatch_panic", &GlobalOptions::hash_mismatch_panic, true},
    Flag{"measured_boot", &GlobalOptions::measured_boot, false},
    Flag{"editor_highlighting", &GlobalOptions::editor_highlighting, true},
    Flag{"editor_validation", &GlobalOptions::editor_validation, true},
};

/// RRGGBB, or TTRRGGBB: there is nothing behind the text that could shine through, so the transparency says nothing.
struct ColourOption {
    std::string_view name;
    std::optional<Colour> Appearance::* target;
    bool has_transparency = false;
};
constexpr std::array colours{
    ColourOption{"interface_branding_colour", &Appearance::branding_colour},
    ColourOption{"interface_help_colour", &Appearance::help_colour},
    ColourOption{"interface_help_colour_bright", &Appearance::help_colour_bright},
    ColourOption{"term_background", &Appearance::background, true},
    ColourOption{"term_foreground", &Appearance::foreground},
    ColourOption{"term_background_bright", &Appearance::background_bright, true},
    ColourOption{"term_foreground_bright", &Appearance::foreground_bright},
};

/// An option of a form of its own. False for a value that it cannot have.
struct OtherOption {
    std::string_view name;
    bool (*set)(GlobalOptions& to, std::string_view value);
};
constexpr std::array others{
    OtherOption{"timeout",
                [](GlobalOptions& to, std::string_view value) {
                    to.timeout = value == "no" ? std::nullopt : std::optional(parse_timeout(value));
                    return true;
                }},
    OtherOption{"default_entry",
                [](GlobalOptions& to, std::string_view value) {
                    to.default_entry = value;
                    return true;
                }},
    OtherOption{"serial_baudrate",
                [](GlobalOptions& to, std::string_view value) {
                    std::uint32_t rate = parse_decimal(value).value_or(0);
                    to.serial_baudrate = rate == 0 || rate > fastest_baudrate ? fastest_baudrate : rate;
                    return true;
                }},
    OtherOption{"editor_enabled",
                [](GlobalOptions& to, std::string_view value) {
                    to.editor_enabled = value != "no";
                    return true;
                }},
    OtherOption{"interface_resolution",
                [](GlobalOptions& to, std::string_view value) {
                    auto resolution = parse_resolution(value);
                    if (resolution) to.appearance.resolution = *resolution;
                    return resolution.has_value();
                }},
    OtherOption{"interface_branding",
                [](GlobalOptions& to, std::string_view value) {
                    to.appearance.branding = value;
                    return true;
                }},
    OtherOption{"interface_help_hidden",
                [](GlobalOptions& to, std::string_view value) {
                    to.appearance.help_hidden = value == "yes";
                    return true;
                }},
    OtherOption{"term_palette",
                [](GlobalOptions& to, std::string_view value) { return parse_palette(value, to.appearance.palette); }},
    OtherOption{
        "term_palette_bright",
        [](GlobalOptions& to, std::string_view value) { return parse_palette(value, to.appearance.palette_bright); }},
    OtherOption{"term_font_scale",
                [](GlobalOptions& to, std::string_view value) {
                    return put(to.appearance.font_scale, parse_font_scale(value));
                }},
    OtherOption{"term_margin",
                [](GlobalOptions& to, std::string_view value) {
                    auto margin = parse_decimal(value);
                    if (margin) to.appearance.margin = std::min(*margin, widest_margin);
                    return margin.has_value();
                }},
};
static_assert(flags.size() + colours.size() + others.size() == global_option_count);

/// "colour" may be spelled "color".
bool is_named(std::string_view known, std::string_view name) {
    if (equal_ignoring_case(known, name)) return true;
    std::size_t u = known.find("colour") + 4;
    return u >= 4 && u < known.size() && name.size() + 1 == known.size() &&
           equal_ignoring_case(known.substr(0, u), name.substr(0, u)) &&
           equal_ignoring_case(known.substr(u + 1), name.substr(u));
}

/// Where in the three tables, one behind the other, the option is; their size where it is not.
std::size_t find_option(std::string_view name) {
    std::size_t at = 0;
    auto find = [&](const auto& table) {
        for (const auto& option : table) {
            if (is_named(option.name, name)) return true;
            ++at;
        }
        return false;
    };
    static_cast<void>(find(flags) || find(colours) || find(others));
    return at;
}

bool set(std::size_t at, std::string_view value, GlobalOptions& to) {
    if (at < flags.size()) {
        to.*flags[at].target = flags[at].by_default ? value != "no" : value == "yes";
        return true;
    }
    at -= flags.size();
    if (at < colours.size()) {
        bool has_transparency = colours[at].has_transparency && value.size() == 8;
        return put(to.appearance.*colours[at].target, parse_colour(value.substr(has_transparency ? 2 : 0)));
    }
    return others[at - colours.size()].set(to, value);
}

}  // namespace

bool is_global_option(std::string_view name) { return find_option(name) < global_option_count; }

GlobalOptionReader::Outcome GlobalOptionReader::read(std::string_view name, std::string_view value, GlobalOptions& to) {
    std::size_t at = find_option(name);
    if (at == global_option_count) return Outcome::not_global;
    if (was_set_[at]) return Outcome::taken;
    if (!set(at, value, to)) return Outcome::wrong_value;
    was_set_[at] = true;
    return Outcome::taken;
}

}  // namespace lintel::loader
