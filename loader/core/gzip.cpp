// Section numbers are those of RFC 1952.
#include "loader/core/gzip.hpp"

#include <optional>

#include "base/crc32.hpp"
#include "loader/core/inflate.hpp"

namespace lintel::loader {
namespace {

using enum ErrorCode;

constexpr std::uint64_t trailer_size = 8;  // bytes: checksum and size of the contents

/// 2.3.1
constexpr unsigned flag_header_checksum = 2;
constexpr unsigned flag_extra = 4;
constexpr unsigned flag_name = 8;
constexpr unsigned flag_comment = 16;
constexpr unsigned flags_reserved = 0xe0;

bool starts_member(Bytes bytes) {
    return bytes.size() >= 2 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b};
}

/// The offset behind the text at `offset`, which ends with a zero.
std::optional<std::uint64_t> skip_text(Bytes file, std::uint64_t offset) {
    std::size_t zero = as_text(file).find('\0', offset);
    if (zero == std::string_view::npos) return std::nullopt;
    return zero + 1;
}

/// Where the compressed data starts; nothing where the file ends before it.
std::optional<std::uint64_t> skip_header(Bytes file, unsigned flags) {
    std::optional<std::uint64_t> at = 10;
    if ((flags & flag_extra) != 0) {
        auto length = read_at<std::uint16_t>(file, *at);
        if (!length) return std::nullopt;
        *at += sizeof *length + *length;
    }
    if ((flags & flag_name) != 0) at = skip_text(file, *at);
    if (at && (flags & flag_comment) != 0) at = skip_text(file, *at);
    // Not checked: it says nothing about the contents, which have a better one.
    if (at && (flags & flag_header_checksum) != 0) *at += 2;
    return at && *at <= file.size() ? at : std::nullopt;
}

}  // namespace

Result<GzipFile> GzipFile::parse(Bytes file) {
    if (!starts_member(file)) return fail(malformed, "this is no gzip file, which its path says that it is");
    auto method = read_at<std::uint8_t>(file, 2), flags = read_at<std::uint8_t>(file, 3);
    auto truncated = fail(malformed, "the gzip file ends early");
    if (!method || !flags) return truncated;
    if (*method != 8) return fail(unsupported, "the gzip file is compressed by a method other than DEFLATE");
    if ((*flags & flags_reserved) != 0) return fail(unsupported, "the gzip file has flags that RFC 1952 reserves");
    auto start = skip_header(file, *flags);
    if (!start) return truncated;
    Bytes data = file.subspan(*start);
    auto inflated = TRY(inflate(data, {}));
    std::uint64_t end = *start + inflated.consumed + trailer_size;
    if (end > file.size()) return truncated;
    // The size is kept modulo 2^32 (2.3.1).
    if (copy_at<std::uint32_t>(file, end - 4) != static_cast<std::uint32_t>(inflated.produced))
        return fail(malformed, "the gzip file's contents have another size than it says");
    if (starts_member(file.subspan(end)))
        return fail(unsupported, "the gzip file has more than one member, of which this loader reads one");
    return GzipFile(file.first(end), data, inflated.produced);
}

Status GzipFile::decompress(MutableBytes contents) const {
    ensure(contents.size() == size_, "the contents were measured");
    TRY(inflate(data_, contents));
    if (crc32(contents) != copy_at<std::uint32_t>(member_, member_.size() - trailer_size))
        return fail(malformed, "the gzip file's contents do not have the checksum that it says");
    return {};
}

}  // namespace lintel::loader
