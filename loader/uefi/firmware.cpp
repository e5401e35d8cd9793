#include "loader/uefi/firmware.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>

#include "base/checked.hpp"

namespace lintel::loader::uefi {
namespace {

bool same(const EFI_GUID& left, const EFI_GUID& right) { return std::memcmp(&left, &right, sizeof(EFI_GUID)) == 0; }

PhysAddr address_of(const void* object) { return PhysAddr(reinterpret_cast<std::uint64_t>(object)); }

/// PROTOCOL.md, "EFI Memory Map Entry Type to Limine Memory Map Type".
limine::MemoryType type_of(UINT32 type) {
    using enum limine::MemoryType;
    switch (type) {
        case EfiLoaderCode:
        case EfiLoaderData:
        case EfiBootServicesCode:
        case EfiBootServicesData:
            return bootloader_reclaimable;
        case EfiRuntimeServicesCode:
        case EfiRuntimeServicesData:
            return reserved_mapped;
        case EfiConventionalMemory:
            return usable;
        case EfiACPIReclaimMemory:
            return acpi_reclaimable;
        case EfiACPIMemoryNVS:
            return acpi_nvs;
        default:
            return reserved;
    }
}

/// Calls `visit(region)` for each descriptor. Their size is the firmware's to say, and larger than the structure.
template <class Visit>
void for_each_region(Bytes descriptors, std::size_t descriptor_size, Visit visit) {
    for (std::size_t at = 0; at + descriptor_size <= descriptors.size(); at += descriptor_size) {
        auto descriptor = *read_at<EFI_MEMORY_DESCRIPTOR>(descriptors, at);
        if (auto length = checked_multiply(descriptor.NumberOfPages, page_size))
            visit(MemoryRegion{PhysAddr(descriptor.PhysicalStart), *length, type_of(descriptor.Type)});
    }
}

template <std::size_t size>
constexpr std::array<CHAR16, size> wide(const char (&text)[size]) {
    std::array<CHAR16, size> result{};
    std::ranges::copy(text, result.begin());
    return result;
}

// Where Limine keeps the path of the entry that was booted last, with a zero byte behind it; tools that look after
// it there find it.
constinit auto last_entry_name = wide("LimineLastBootedEntry");
EFI_GUID limine_vendor{0x513ee0d0, 0x6e43, 0xcb05, {0xb2, 0x72, 0xf1, 0x46, 0xa2, 0xfc, 0xb8, 0x8a}};

// More descriptors than there were when the room was reserved: the reservations since then split some.
constexpr std::size_t spare_descriptors = 64;

}  // namespace

Result<PhysAddr> UefiFirmware::allocate(std::uint64_t bytes, Contents contents) {
    auto rounded = checked_align_up(bytes, page_size);
    EFI_PHYSICAL_ADDRESS address = 0;
    if (!rounded ||
        EFI_ERROR(services_->AllocatePages(AllocateAnyPages, EfiLoaderData, *rounded / page_size, &address)))
        return fail(ErrorCode::out_of_memory, "there is not enough memory", "bytes wanted", bytes);
    // Safety: the firmware has just given us these pages, identity-mapped (UEFI 2.10, 2.3.4).
    if (contents == Contents::zeroed) std::memset(reinterpret_cast<void*>(address), 0, *rounded);
    return PhysAddr(address);
}

Result<PhysAddr> UefiFirmware::allocate_low(std::uint64_t bytes) {
    EFI_PHYSICAL_ADDRESS address = 0xfffff;  // the highest that will do
    std::uint64_t rounded = align_up(bytes, page_size);
    // As code: firmware may keep pages of data from execution (UEFI 2.10, 2.3.4).
    if (EFI_ERROR(services_->AllocatePages(AllocateMaxAddress, EfiLoaderCode, rounded / page_size, &address)))
        return fail(ErrorCode::out_of_memory, "there is not enough memory below 1 MiB", "bytes wanted", bytes);
    // Safety: as in allocate().
    std::memset(reinterpret_cast<void*>(address), 0, rounded);
    return PhysAddr(address);
}

std::span<const Display> UefiFirmware::displays(std::optional<Resolution> wanted) {
    return finished_ ? graphics_.known() : graphics_.displays(wanted);
}

SystemTables UefiFirmware::tables() {
    SystemTables tables;
    std::span entries(table_->ConfigurationTable, table_->NumberOfTableEntries);
    for (const auto& entry : entries) {
        PhysAddr address = address_of(entry.VendorTable);
        if (same(entry.VendorGuid, ACPI_20_TABLE_GUID)) tables.rsdp = address;
        if (same(entry.VendorGuid, ACPI_TABLE_GUID) && !tables.rsdp) tables.rsdp = address;
        if (same(entry.VendorGuid, SMBIOS_TABLE_GUID)) tables.smbios_32 = address;
        if (same(entry.VendorGuid, SMBIOS3_TABLE_GUID)) tables.smbios_64 = address;
    }
    tables.efi_system_table = address_of(table_);
    std::size_t vendor = 0;
    while (table_->FirmwareVendor[vendor] != 0) ++vendor;
    efi_ranges_ = {
        Range{address_of(table_), table_->Hdr.HeaderSize},
        Range{address_of(table_->RuntimeServices), table_->RuntimeServices->Hdr.HeaderSize},
        Range{address_of(entries.data()), entries.size_bytes()},
        Range{address_of(table_->FirmwareVendor), (vendor + 1) * sizeof(CHAR16)},
    };
    tables.efi_ranges = efi_ranges_;
    tables.tpm_log = find_tpm_log(*services_);
    return tables;
}

std::optional<std::int64_t> UefiFirmware::now() {
    EFI_TIME time{};
    if (EFI_ERROR(table_->RuntimeServices->GetTime(&time, nullptr))) return std::nullopt;
    std::chrono::year_month_day date{std::chrono::year(time.Year), std::chrono::month(time.Month),
                                     std::chrono::day(time.Day)};
    if (!date.ok()) return std::nullopt;
    auto days = std::chrono::sys_days(date).time_since_epoch().count();
    std::int64_t seconds = ((std::int64_t{days} * 24 + time.Hour) * 60 + time.Minute) * 60 + time.Second;
    // The zone is minutes by which UTC is ahead of local time (UEFI 2.10, 8.3); 0x7ff: the clock does not know it.
    if (time.TimeZone != EFI_UNSPECIFIED_TIMEZONE) seconds += std::int64_t{time.TimeZone} * 60;
    return seconds;
}

std::optional<std::uint64_t> UefiFirmware::random() {
    EFI_GUID guid = EFI_RNG_PROTOCOL_GUID;
    void* interface = nullptr;
    if (EFI_ERROR(services_->LocateProtocol(&guid, nullptr, &interface))) return std::nullopt;
    auto* source = static_cast<EFI_RNG_PROTOCOL*>(interface);
    std::array<UINT8, sizeof(std::uint64_t)> bytes;
    // Without the name of an algorithm, the firmware's own choice (UEFI 2.10, 37.5.2).
    if (EFI_ERROR(source->GetRNG(source, nullptr, bytes.size(), bytes.data()))) return std::nullopt;
    return std::bit_cast<std::uint64_t>(bytes);
}

bool UefiFirmware::secure_boot() const {
    auto is_set = [&](auto name) {
        EFI_GUID global = EFI_GLOBAL_VARIABLE;
        std::uint8_t value = 0;
        UINTN size = sizeof value;
        return !EFI_ERROR(table_->RuntimeServices->GetVariable(name.data(), &global, nullptr, &size, &value)) &&
               value == 1;
    };
    return is_set(wide("SecureBoot")) && !is_set(wide("SetupMode"));
}

std::string_view UefiFirmware::remembered_entry() {
    UINTN size = remembered_.size();
    if (EFI_ERROR(table_->RuntimeServices->GetVariable(last_entry_name.data(), &limine_vendor, nullptr, &size,
                                                       remembered_.data())))
        return {};
    std::string_view path(remembered_.data(), size);
    return path.substr(0, path.find('\0'));
}

void UefiFirmware::remember_entry(std::string_view path) {
    // Flash wears out.
    if (path.size() >= remembered_.size() || remembered_entry() == path) return;
    remembered_.fill('\0');
    std::ranges::copy(path, remembered_.begin());
    // What cannot be kept is not worth failing for.
    table_->RuntimeServices->SetVariable(
        last_entry_name.data(), &limine_vendor,
        EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS, path.size() + 1,
        remembered_.data());
}

Status UefiFirmware::reserve_map() {
    UINTN size = 0, key = 0;
    UINT32 version = 0;
    EFI_STATUS status = services_->GetMemoryMap(&size, nullptr, &key, &descriptor_size_, &version);
    if (status != EFI_BUFFER_TOO_SMALL || descriptor_size_ < sizeof(EFI_MEMORY_DESCRIPTOR))
        return fail(ErrorCode::device, "the firmware does not tell its memory map");
    std::size_t room = size + spare_descriptors * descriptor_size_;
    PhysAddr address = TRY(allocate(room));
    map_ = {memory().pointer<std::byte>(address), room};
    return {};
}

Result<UefiFirmware::Told> UefiFirmware::read_map() {
    if (map_.empty()) TRY(reserve_map());
    UINTN size = map_.size(), key = 0;
    UINT32 version = 0;
    // Safety: the room was allocated for descriptors, page-aligned.
    auto* map = reinterpret_cast<EFI_MEMORY_DESCRIPTOR*>(map_.data());
    TRY(check(services_->GetMemoryMap(&size, map, &key, &descriptor_size_, &version),
              "the firmware does not tell its memory map"));
    return Told{.descriptors = Bytes(map_).first(size), .key = key, .version = version};
}

PhysAddr UefiFirmware::memory_end() {
    PhysAddr end;
    auto told = read_map();
    if (!told) return end;
    for_each_region(told->descriptors, descriptor_size_, [&](MemoryRegion region) {
        if (region.type != limine::MemoryType::reserved && region.type != limine::MemoryType::bad_memory)
            end = std::max(end, region.base + region.length);
    });
    return end;
}

PhysAddr UefiFirmware::reachable_end() {
    // Whatever the map says of it, firmware maps what lies below 4 GiB: its tables and its devices are there.
    return std::max(memory_end(), PhysAddr(std::uint64_t{4} << 30));
}

PhysAddr UefiFirmware::regions_end() {
    PhysAddr end;
    if (auto told = read_map())
        for_each_region(told->descriptors, descriptor_size_,
                        [&](MemoryRegion region) { end = std::max(end, region.base + region.length); });
    return end;
}

std::size_t UefiFirmware::region_limit() {
    if (map_.empty() && !reserve_map()) return 0;
    return map_.size() / descriptor_size_;
}

Result<EfiMap> UefiFirmware::finish(List<MemoryRegion>& regions) {
    // An event handler of the firmware's may change the map between the two calls; then, and only then, the second
    // fails and both are tried again (UEFI 2.10, 7.4.6).
    EFI_STATUS status = EFI_INVALID_PARAMETER;
    Told told{};
    for (int attempt = 0; attempt < 8 && status == EFI_INVALID_PARAMETER; ++attempt) {
        told = TRY(read_map());
        status = services_->ExitBootServices(image_, told.key);
    }
    TRY(check(status, "the firmware does not end its boot services"));
    finished_ = true;

    bool fits = true;
    for_each_region(told.descriptors, descriptor_size_,
                    [&](MemoryRegion region) { fits = regions.push(region) && fits; });
    if (!fits) return fail(ErrorCode::out_of_memory, "the memory map has more entries than there is room for");
    return EfiMap{
        .descriptors = told.descriptors, .descriptor_size = descriptor_size_, .descriptor_version = told.version};
}

}  // namespace lintel::loader::uefi
