#include "loader/direct/volume.hpp"

#include "base/text.hpp"
#include "loader/core/ascii.hpp"

namespace lintel::loader::direct {
namespace {

// An OpenFile's location: the fw_cfg selector.
FirmwareConfiguration::File file_of(const OpenFile& file) {
    return {.selector = static_cast<std::uint16_t>(file.location), .size = static_cast<std::uint32_t>(file.size)};
}

}  // namespace

Result<FwCfgVolume> FwCfgVolume::open(FirmwareConfiguration& files, Firmware& firmware) {
    auto index = TRY(files.find("opt/lintel/index"));
    PhysAddr room = TRY(firmware.allocate(index.size));
    // Safety: the room was allocated with that size.
    MutableBytes bytes(firmware.memory().pointer<std::byte>(room), index.size);
    TRY(files.read(index, 0, bytes));
    return FwCfgVolume(files, as_text(bytes));
}

Result<OpenFile> FwCfgVolume::open(std::string_view path, NameRule rule) {
    std::string_view rest = index_;
    for (unsigned number = 0; !rest.empty(); ++number) {
        std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        if (rule == NameRule::any_case ? !equal_ignoring_case(line, path) : line != path) continue;
        TextBuffer<32> name;
        print(name, "opt/lintel/{}", number);
        auto file = TRY(files_->find(name.text()));
        return OpenFile{.size = file.size, .location = file.selector};
    }
    return fail(ErrorCode::not_found, "there is no such file", path);
}

Status FwCfgVolume::read(const OpenFile& file, std::uint64_t offset, MutableBytes into) {
    if (offset > file.size || into.size() > file.size - offset)
        return fail(ErrorCode::malformed, "a read would leave the file");
    return files_->read(file_of(file), static_cast<std::uint32_t>(offset), into);
}

Result<Volume*> FwCfgVolumes::find(const Path& path) {
    if (path.resource == Resource::boot && path.argument.empty()) return volume_;
    return fail(ErrorCode::unsupported, "a direct boot has no disks, only the files of boot():/, not", path.text);
}

}  // namespace lintel::loader::direct
