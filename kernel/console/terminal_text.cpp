#include "kernel/console/terminal_text.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace lintel {
namespace {

constexpr std::uint8_t backspace = 0x08, tab = 0x09, line_feed = 0x0a, carriage_return = 0x0d, bell = 0x07;
constexpr std::uint8_t cancel = 0x18, substitute = 0x1a, escape = 0x1b, erase = 0x7f;

constexpr std::uint32_t largest_parameter = 9999;

constexpr std::array<Colour, 16> first_colours = {{{24, 28, 40},
                                                   {205, 74, 74},
                                                   {98, 174, 96},
                                                   {214, 158, 82},
                                                   {92, 138, 214},
                                                   {178, 112, 196},
                                                   {84, 174, 184},
                                                   {200, 204, 214},
                                                   {112, 120, 140},
                                                   {242, 108, 108},
                                                   {134, 214, 132},
                                                   {244, 206, 116},
                                                   {134, 178, 250},
                                                   {220, 154, 236},
                                                   {124, 218, 226},
                                                   {246, 246, 250}}};

}  // namespace

Colour palette_colour(std::uint8_t number) {
    constexpr std::array<std::uint8_t, 6> steps = {0, 95, 135, 175, 215, 255};
    if (number < first_colours.size()) return first_colours[number];
    if (number < 232) {
        const unsigned cube = number - 16U;
        return {steps[cube / 36], steps[cube / 6 % 6], steps[cube % 6]};
    }
    const auto grey = static_cast<std::uint8_t>(8 + 10 * (number - 232));
    return {grey, grey, grey};
}

CellColours TextColours::now() const {
    const Colour front = bold_ && dark_ ? palette_colour(*dark_ + 8) : foreground_;
    return inverse_ ? CellColours{background_, front} : CellColours{front, background_};
}

std::optional<Colour> TextColours::take_colour(std::span<const std::uint32_t>& rest) {
    const auto take = [&] {
        const std::uint32_t value = rest.empty() ? 0 : rest.front();
        if (!rest.empty()) rest = rest.subspan(1);
        return static_cast<std::uint8_t>(std::min(value, 255U));
    };
    switch (take()) {
        case 5:
            return palette_colour(take());
        case 2: {
            const std::uint8_t red = take(), green = take(), blue = take();
            return Colour{red, green, blue};
        }
        default:
            return std::nullopt;
    }
}

void TextColours::apply_one(std::uint32_t parameter) {
    const auto number = static_cast<std::uint8_t>(parameter % 10);
    switch (parameter) {
        case 0:
            *this = TextColours();
            break;
        case 1:
            bold_ = true;
            break;
        case 22:
            bold_ = false;
            break;
        case 7:
            inverse_ = true;
            break;
        case 27:
            inverse_ = false;
            break;
        case 39:
            foreground_ = usual_foreground;
            dark_.reset();
            break;
        case 49:
            background_ = usual_background;
            break;
        default:
            if (number > 7) break;
            if (parameter / 10 == 3) {
                foreground_ = palette_colour(number);
                dark_ = number;
            } else if (parameter / 10 == 9) {
                foreground_ = palette_colour(number + 8);
                dark_.reset();
            } else if (parameter / 10 == 4) {
                background_ = palette_colour(number);
            } else if (parameter / 10 == 10) {
                background_ = palette_colour(number + 8);
            }
    }
}

void TextColours::apply(std::span<const std::uint32_t> parameters) {
    if (parameters.empty()) return apply_one(0);
    while (!parameters.empty()) {
        const std::uint32_t parameter = parameters.front();
        parameters = parameters.subspan(1);
        if (parameter != 38 && parameter != 48) {
            apply_one(parameter);
            continue;
        }
        const auto colour = take_colour(parameters);
        if (!colour) continue;
        if (parameter == 48) {
            background_ = *colour;
        } else {
            foreground_ = *colour;
            dark_.reset();
        }
    }
}

void TerminalText::take(std::uint8_t byte) {
    // These end whatever is under way (ECMA-48, 8.3.6; a new sequence does so, too).
    if (byte == escape && state_ != State::string) {
        state_ = State::escape;
        missing_ = 0;
        return;
    }
    if (byte == cancel || byte == substitute) {
        state_ = State::text;
        return;
    }
    switch (state_) {
        case State::text:
            return take_text(byte);
        case State::escape:
            return take_escape(byte);
        case State::skip_one:
            state_ = State::text;
            return;
        case State::sequence:
            return take_sequence(byte);
        case State::string:
            if (byte == bell) state_ = State::text;
            if (byte == escape) state_ = State::string_escape;
            return;
        case State::string_escape:
            state_ = byte == '\\' ? State::text : State::string;
            return;
    }
}

/// UTF-8 (RFC 3629, section 3), a byte at a time.
void TerminalText::take_text(std::uint8_t byte) {
    constexpr auto unknown = static_cast<char16_t>(replacement_character);
    const bool continues = (byte & 0xc0) == 0x80;
    if (missing_ != 0 && !continues) {
        missing_ = 0;
        grid_->put(unknown);
    }
    if (byte < 0x20 || byte == erase) return take_control(byte);
    if (byte < 0x80) return grid_->put(byte);
    if (!continues) {
        if (byte < 0xc2 || byte > 0xf4) return grid_->put(unknown);
        missing_ = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
        character_ = byte & (0x3fU >> missing_);
        least_ = missing_ == 3 ? 0x10000 : missing_ == 2 ? 0x800 : 0x80;
        return;
    }
    if (missing_ == 0) return grid_->put(unknown);
    character_ = character_ << 6 | (byte & 0x3fU);
    if (--missing_ != 0) return;
    if (character_ >= 0x80 && character_ < 0xa0) return;  // C1: controls of which each has an escape sequence, too
    const bool shown = character_ >= least_ && character_ <= 0xffff && (character_ < 0xd800 || character_ > 0xdfff);
    grid_->put(shown ? static_cast<char16_t>(character_) : unknown);
}

void TerminalText::take_control(std::uint8_t byte) {
    switch (byte) {
        case backspace:
            return grid_->move_by(0, -1);
        case tab:
            return grid_->tab();
        case carriage_return:
            return grid_->carriage_return();
        case line_feed:
            // As on a serial terminal that gets a carriage return before each.
            grid_->line_feed();
            return grid_->carriage_return();
        default:
            return;
    }
}

void TerminalText::take_escape(std::uint8_t byte) {
    state_ = State::text;
    switch (byte) {
        case '[':
            state_ = State::sequence;
            parameters_.fill(0);
            parameter_count_ = 0;
            marker_ = 0;
            return;
        case ']':  // operating system command, and other strings
        case 'P':
        case 'X':
        case '^':
        case '_':
            state_ = State::string;
            return;
        case '7':
            saved_ = grid_->cursor();
            return;
        case '8':
            return grid_->move_to(saved_.row, saved_.column);
        case 'c':
            colours_ = TextColours();
            grid_->set_colours(colours_.now());
            grid_->erase_in_screen(Part::whole);
            grid_->show_cursor(true);
            return grid_->move_to(0, 0);
        default:
            // Intermediate bytes are followed by one that ends the sequence, such as in the choice of a character set.
            if (byte >= 0x20 && byte < 0x30) state_ = State::skip_one;
    }
}

void TerminalText::take_sequence(std::uint8_t byte) {
    if (byte < 0x20) return take_control(byte);
    if (byte >= '0' && byte <= '9') {
        if (parameter_count_ == 0) parameter_count_ = 1;
        if (parameter_count_ > parameters_.size()) return;
        std::uint32_t& value = parameters_[parameter_count_ - 1];
        value = std::min(value * 10 + (byte - '0'), largest_parameter);
    } else if (byte == ';' || byte == ':') {
        parameter_count_ = std::min(std::max<std::size_t>(parameter_count_, 1) + 1, parameters_.size() + 1);
    } else if (byte < 0x40) {
        marker_ = byte;
    } else {
        state_ = State::text;
        obey(byte);
    }
}

std::uint32_t TerminalText::parameter(std::size_t number, std::uint32_t otherwise) const {
    return parameters_[number] != 0 ? parameters_[number] : otherwise;
}

void TerminalText::obey(std::uint8_t final) {
    constexpr std::uint32_t cursor_mode = 25;
    if (marker_ == '?' && parameters_[0] == cursor_mode && (final == 'h' || final == 'l'))
        return grid_->show_cursor(final == 'h');
    if (marker_ != 0) return;
    const auto part = static_cast<Part>(std::min(parameters_[0], 3U));
    switch (final) {
        case 'J':
            if (parameters_[0] < 3) grid_->erase_in_screen(part);
            return;
        case 'K':
            if (parameters_[0] < 3) grid_->erase_in_line(part);
            return;
        case '@':
            return grid_->insert(parameter(0, 1));
        case 'P':
            return grid_->remove(parameter(0, 1));
        case 'm':
            colours_.apply(std::span(parameters_).first(std::min(parameter_count_, parameters_.size())));
            return grid_->set_colours(colours_.now());
        case 's':
            saved_ = grid_->cursor();
            return;
        case 'u':
            return grid_->move_to(saved_.row, saved_.column);
        default:
            return move(final);
    }
}

void TerminalText::move(std::uint8_t final) {
    const std::int64_t count = parameter(0, 1);
    switch (final) {
        case 'A':
            return grid_->move_by(-count, 0);
        case 'B':
            return grid_->move_by(count, 0);
        case 'C':
            return grid_->move_by(0, count);
        case 'D':
            return grid_->move_by(0, -count);
        case 'E':
            return grid_->move_to(grid_->cursor().row + count, 0);
        case 'F':
            return grid_->move_to(grid_->cursor().row - count, 0);
        case 'G':
            return grid_->move_to(grid_->cursor().row, count - 1);
        case 'd':
            return grid_->move_to(count - 1, grid_->cursor().column);
        case 'H':
        case 'f':
            return grid_->move_to(count - 1, std::int64_t{parameter(1, 1)} - 1);
        default:
            return;
    }
}

}  // namespace lintel
