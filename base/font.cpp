#include "base/font.hpp"

#include "base/checked.hpp"
#include "base/utf8.hpp"

namespace lintel {
namespace {

// PSF formats, as the kbd project's psf.h describes them.
constexpr std::uint16_t version_1_magic = 0x0436;
constexpr std::uint8_t version_1_512_glyphs = 0x01;
constexpr std::uint8_t version_1_has_table = 0x06;  // with or without sequences
constexpr std::uint16_t version_1_separator = 0xffff;
constexpr std::uint16_t version_1_sequence = 0xfffe;

constexpr std::uint32_t version_2_magic = 0x864ab572;
constexpr std::uint32_t version_2_has_table = 0x01;
constexpr char version_2_separator = '\xff';
constexpr char version_2_sequence = '\xfe';

struct Version2Header {
    std::uint32_t magic;
    std::uint32_t version;
    std::uint32_t header_size;
    std::uint32_t flags;
    std::uint32_t glyph_count;
    std::uint32_t glyph_size;
    std::uint32_t height;
    std::uint32_t width;
};
static_assert(sizeof(Version2Header) == 32);

constexpr std::uint32_t most_glyphs = 0x110000;
constexpr std::uint32_t largest_side = 128;

// Calls `visit(glyph index, code point)` for each single code point of a table until it gives true. Sequences, which
// stand for combined characters, are passed over. A table that ends early describes fewer glyphs.

template <class Visit>
void scan_utf16(Bytes table, Visit visit) {
    std::uint32_t glyph = 0;
    bool in_sequence = false;
    for (std::uint64_t offset = 0; auto unit = read_at<std::uint16_t>(table, offset); offset += 2) {
        if (*unit == version_1_separator) {
            ++glyph;
            in_sequence = false;
        } else if (*unit == version_1_sequence) {
            in_sequence = true;
        } else if (!in_sequence && visit(glyph, char32_t{*unit})) {
            return;
        }
    }
}

template <class Visit>
void scan_utf8(Bytes table, Visit visit) {
    std::uint32_t glyph = 0;
    bool in_sequence = false;
    for (std::string_view rest = as_text(table); !rest.empty();) {
        const char lead = rest.front();
        if (lead == version_2_separator || lead == version_2_sequence) {
            rest.remove_prefix(1);
            in_sequence = lead == version_2_sequence;
            if (lead == version_2_separator) ++glyph;
            continue;
        }
        const char32_t character = take_code_point(rest);
        if (!in_sequence && visit(glyph, character)) return;
    }
}

}  // namespace

Result<Font> Font::parse(Bytes file) {
    Result<Font> font = fail(ErrorCode::malformed, "not a PSF font");
    if (read_at<std::uint32_t>(file, 0) == version_2_magic)
        font = parse_version_2(file);
    else if (read_at<std::uint16_t>(file, 0) == version_1_magic)
        font = parse_version_1(file);
    if (font) font->index_ascii();
    return font;
}

Result<Font> Font::parse_version_1(Bytes file) {
    const auto mode = read_at<std::uint8_t>(file, 2);
    const auto glyph_size = read_at<std::uint8_t>(file, 3);
    if (!mode || !glyph_size) return fail(ErrorCode::malformed, "a PSF font is cut off in its header");
    Font font;
    font.count_ = (*mode & version_1_512_glyphs) != 0 ? 512 : 256;
    font.width_ = 8;
    font.height_ = *glyph_size;
    font.encoding_ = (*mode & version_1_has_table) != 0 ? Encoding::utf16_table : Encoding::by_index;
    TRY(font.set_glyphs(file, 4, *glyph_size));
    return font;
}

Result<Font> Font::parse_version_2(Bytes file) {
    const auto header = read_at<Version2Header>(file, 0);
    if (!header || header->header_size < sizeof(Version2Header))
        return fail(ErrorCode::malformed, "a PSF font is cut off in its header");
    Font font;
    font.count_ = header->glyph_count;
    font.width_ = header->width;
    font.height_ = header->height;
    font.encoding_ = (header->flags & version_2_has_table) != 0 ? Encoding::utf8_table : Encoding::by_index;
    TRY(font.set_glyphs(file, header->header_size, header->glyph_size));
    return font;
}

Status Font::set_glyphs(Bytes file, std::uint64_t offset, std::uint64_t size) {
    if (width_ == 0 || height_ == 0 || width_ > largest_side || height_ > largest_side)
        return fail(ErrorCode::malformed, "a PSF font has glyphs of an impossible size");
    if (size != std::uint64_t{(width_ + 7) / 8} * height_)
        return fail(ErrorCode::malformed, "a PSF font's glyphs do not have the size that its header says");
    if (count_ == 0 || count_ > most_glyphs)
        return fail(ErrorCode::malformed, "a PSF font has an impossible number of glyphs", {}, count_);
    const auto glyphs = slice(file, offset, count_ * size);
    if (!glyphs) return fail(ErrorCode::malformed, "a PSF font is cut off in its glyphs");
    glyphs_ = *glyphs;
    if (encoding_ != Encoding::by_index) table_ = file.subspan(offset + glyphs_.size());
    return {};
}

void Font::index_ascii() {
    for (char32_t character = 0; character < ascii_.size(); ++character)
        ascii_[character] = encoding_ == Encoding::by_index && character < count_ ? character : none;
    auto enter = [this](std::uint32_t glyph, char32_t character) {
        if (character < ascii_.size() && ascii_[character] == none && glyph < count_) ascii_[character] = glyph;
        return false;
    };
    if (encoding_ == Encoding::utf16_table) scan_utf16(table_, enter);
    if (encoding_ == Encoding::utf8_table) scan_utf8(table_, enter);
    fallback_ = look_up(replacement_character).value_or(look_up('?').value_or(0));
}

std::optional<std::uint32_t> Font::look_up(char32_t character) const {
    std::uint32_t found = none;
    if (character < ascii_.size()) {
        found = ascii_[character];
    } else if (encoding_ == Encoding::by_index) {
        if (character < count_) found = character;
    } else {
        auto match = [&](std::uint32_t glyph, char32_t candidate) {
            if (candidate == character && glyph < count_) found = glyph;
            return found != none;
        };
        if (encoding_ == Encoding::utf16_table)
            scan_utf16(table_, match);
        else
            scan_utf8(table_, match);
    }
    return found == none ? std::nullopt : std::optional(found);
}

Glyph Font::glyph_at(std::uint32_t index) const {
    const std::size_t size = std::size_t{(width_ + 7) / 8} * height_;
    return {glyphs_.subspan(index * size, size), width_, height_};
}

std::optional<Glyph> Font::find(char32_t character) const {
    const auto index = look_up(character);
    if (!index) return std::nullopt;
    return glyph_at(*index);
}

Glyph Font::glyph(char32_t character) const { return glyph_at(look_up(character).value_or(fallback_)); }

}  // namespace lintel
