// The Limine boot protocol's structures as they stand in memory, for x86-64: identifiers, requests' parameters
// and responses. Both sides read this file: a kernel through protocol/limine.hpp, a loader directly.
// Invariant: every layout is pinned below against the specification, PROTOCOL.md of the Limine project, base
// revisions 0 to 6; its section titles are named in the comments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace limine {

/// The newest base revision that these bindings describe ("Base Revisions").
inline constexpr std::uint64_t latest_base_revision = 6;

/// The two halves of an identifier that differ between features ("Request").
struct FeatureId {
    std::uint64_t first;
    std::uint64_t second;
    friend constexpr bool operator==(const FeatureId&, const FeatureId&) = default;
};

/// The two that all have in common.
inline constexpr FeatureId common_magic{0xc7b1dd30df4c8b88, 0x0a82e883a194f07b};

/// "Base Revisions": the tag's first two words; the third is the revision asked for.
inline constexpr FeatureId base_revision_magic{0xf9562b2d5c95a6c8, 0x6a7b384944536bdc};

/// "Requests Delimiters".
inline constexpr std::uint64_t start_marker_words[4] = {0xf6b8f4b39de7d1ae, 0xfab91a6940fcb9cf, 0x785c6ed015d3e316,
                                                        0x181e920a7852b9d9};
inline constexpr std::uint64_t end_marker_words[2] = {0xadc0e0531bb10d03, 0x9572709f31764c62};

/// What every request starts with ("Request"). The loader writes `response`; parameters follow.
struct RequestHeader {
    std::uint64_t id[4];
    std::uint64_t revision;
    std::uint64_t response;
};
static_assert(sizeof(RequestHeader) == 48 && offsetof(RequestHeader, response) == 40);

/// The parameters of a request that has none.
struct NoParameters {};

// --- Bootloader Info -----------------------------------------------------------------------------------------

struct BootloaderInfoResponse {
    std::uint64_t revision;
    const char* name;
    const char* version;
};

struct BootloaderInfo {
    static constexpr FeatureId id{0xf55038d8e2a1202f, 0x279426fcf5f59740};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = BootloaderInfoResponse;
};

// --- Executable Command Line ---------------------------------------------------------------------------------

struct ExecutableCommandLineResponse {
    std::uint64_t revision;
    const char* command_line;
};

struct ExecutableCommandLine {
    static constexpr FeatureId id{0x4b161536e598651e, 0xb390ad4a2f1f303a};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = ExecutableCommandLineResponse;
};

// --- Firmware Type -------------------------------------------------------------------------------------------

enum class Firmware : std::uint64_t { x86_bios = 0, efi32 = 1, efi64 = 2, sbi = 3 };

/// The type in words; "unknown" for a number that the specification does not have.
constexpr std::string_view name_of(Firmware type) {
    switch (type) {
        case Firmware::x86_bios:
            return "x86 BIOS";
        case Firmware::efi32:
            return "32-bit EFI";
        case Firmware::efi64:
            return "64-bit EFI";
        case Firmware::sbi:
            return "SBI";
    }
    return "unknown";
}

struct FirmwareTypeResponse {
    std::uint64_t revision;
    Firmware type;
};

struct FirmwareType {
    static constexpr FeatureId id{0x8c2f75d90bef28a8, 0x7045a4688eac00c3};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = FirmwareTypeResponse;
};

// --- Stack Size ----------------------------------------------------------------------------------------------

struct StackSizeResponse {
    std::uint64_t revision;
};

struct StackSizeParameters {
    std::uint64_t bytes;
};

template <std::uint64_t bytes>
struct StackSize {
    static constexpr FeatureId id{0x224ef0460a8e8926, 0xe1cb0fc25f46ea3d};
    static constexpr std::uint64_t revision = 0;
    struct Parameters {
        std::uint64_t stack_size = bytes;
    };
    using Response = StackSizeResponse;
};

// --- HHDM (Higher Half Direct Map) ---------------------------------------------------------------------------

struct HhdmResponse {
    std::uint64_t revision;
    std::uint64_t offset;
};

struct Hhdm {
    static constexpr FeatureId id{0x48dcf1cb8ad2b852, 0x63984e959a98244b};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = HhdmResponse;
};

// --- Framebuffer ---------------------------------------------------------------------------------------------

enum class MemoryModel : std::uint8_t { rgb = 1 };

struct VideoMode {
    std::uint64_t pitch;
    std::uint64_t width;
    std::uint64_t height;
    std::uint16_t bpp;
    MemoryModel memory_model;
    std::uint8_t red_mask_size;
    std::uint8_t red_mask_shift;
    std::uint8_t green_mask_size;
    std::uint8_t green_mask_shift;
    std::uint8_t blue_mask_size;
    std::uint8_t blue_mask_shift;
};
static_assert(sizeof(VideoMode) == 40 && offsetof(VideoMode, red_mask_size) == 27);

struct Framebuffer {
    void* address;
    std::uint64_t width;
    std::uint64_t height;
    std::uint64_t pitch;  // bytes from one row to the next
    std::uint16_t bpp;    // bits per pixel
    MemoryModel memory_model;
    std::uint8_t red_mask_size;
    std::uint8_t red_mask_shift;
    std::uint8_t green_mask_size;
    std::uint8_t green_mask_shift;
    std::uint8_t blue_mask_size;
    std::uint8_t blue_mask_shift;
    std::uint8_t unused[7];
    std::uint64_t edid_size;
    const void* edid;  // null where the screen has none
    // Since response revision 1:
    std::uint64_t mode_count;
    const VideoMode* const* modes;
};
static_assert(sizeof(Framebuffer) == 80 && offsetof(Framebuffer, bpp) == 32 && offsetof(Framebuffer, edid_size) == 48 &&
              offsetof(Framebuffer, modes) == 72);

struct FramebufferResponse {
    std::uint64_t revision;
    std::uint64_t framebuffer_count;
    const Framebuffer* const* framebuffers;

    [[nodiscard]] std::span<const Framebuffer* const> view() const { return {framebuffers, framebuffer_count}; }
};

struct Framebuffers {
    static constexpr FeatureId id{0x9d5827dcd881dd75, 0xa3148604f6fab11b};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = FramebufferResponse;
};

// --- Paging Mode ---------------------------------------------------------------------------------------------

enum class PagingLevels : std::uint64_t { four = 0, five = 1 };

struct PagingModeResponse {
    std::uint64_t revision;
    PagingLevels mode;
};

struct PagingModeParameters {
    PagingLevels mode;
    // Since request revision 1:
    PagingLevels max_mode;
    PagingLevels min_mode;
};

template <PagingLevels preferred, PagingLevels maximum = preferred, PagingLevels minimum = PagingLevels::four>
struct PagingMode {
    static constexpr FeatureId id{0x95c1a0edab0944cb, 0xa4e5cb3842f7488a};
    static constexpr std::uint64_t revision = 1;
    struct Parameters {
        PagingLevels mode = preferred;
        PagingLevels max_mode = maximum;
        PagingLevels min_mode = minimum;
    };
    using Response = PagingModeResponse;
};

// --- MP (Multiprocessor) -------------------------------------------------------------------------------------

/// How local APICs are addressed: bit 0 of the request's and the response's flags.
enum class LocalApicMode : std::uint32_t { xapic = 0, x2apic = 1 };

/// A processor. Until it is released, it is parked, and `reserved` belongs to the loader.
struct Processor {
    using Entry = void (*)(Processor*);

    std::uint32_t acpi_id;  // the processor's UID in the MADT
    std::uint32_t lapic_id;
    std::uint64_t reserved;
    Entry goto_address;
    std::uint64_t extra_argument;  // free for the executable's use

    /// Lets the processor run `entry`, which finds `argument` in extra_argument.
    void release(Entry entry, std::uint64_t argument) {
        extra_argument = argument;
        __atomic_store_n(&goto_address, entry, __ATOMIC_RELEASE);
    }
};
static_assert(sizeof(Processor) == 32 && offsetof(Processor, goto_address) == 16);

struct MpResponse {
    std::uint64_t revision;
    LocalApicMode mode;
    std::uint32_t bsp_lapic_id;
    std::uint64_t cpu_count;  // the bootstrap processor's entry included
    Processor* const* cpus;

    [[nodiscard]] std::span<Processor* const> view() const { return {cpus, cpu_count}; }
};
static_assert(sizeof(MpResponse) == 32 && offsetof(MpResponse, bsp_lapic_id) == 12 && offsetof(MpResponse, cpus) == 24);

struct MpParameters {
    std::uint64_t flags;
};

template <LocalApicMode wanted = LocalApicMode::xapic>
struct Mp {
    static constexpr FeatureId id{0x95a67b819a1b857e, 0xa0b61b723b6a73e0};
    static constexpr std::uint64_t revision = 0;
    struct Parameters {
        std::uint64_t flags = static_cast<std::uint64_t>(wanted);
    };
    using Response = MpResponse;
};

// --- Memory Map ----------------------------------------------------------------------------------------------

enum class MemoryType : std::uint64_t {
    usable = 0,
    reserved = 1,
    acpi_reclaimable = 2,
    acpi_nvs = 3,
    bad_memory = 4,
    bootloader_reclaimable = 5,
    executable_and_modules = 6,
    framebuffer = 7,
    reserved_mapped = 8,  // since base revision 4
};

/// The type in words; "unknown" for a number that the specification does not have.
constexpr std::string_view name_of(MemoryType type) {
    switch (type) {
        case MemoryType::usable:
            return "usable";
        case MemoryType::reserved:
            return "reserved";
        case MemoryType::acpi_reclaimable:
            return "ACPI reclaimable";
        case MemoryType::acpi_nvs:
            return "ACPI NVS";
        case MemoryType::bad_memory:
            return "bad memory";
        case MemoryType::bootloader_reclaimable:
            return "bootloader reclaimable";
        case MemoryType::executable_and_modules:
            return "executable and modules";
        case MemoryType::framebuffer:
            return "framebuffer";
        case MemoryType::reserved_mapped:
            return "reserved, mapped";
    }
    return "unknown";
}

struct MemoryMapEntry {
    std::uint64_t base;    // physical
    std::uint64_t length;  // bytes
    MemoryType type;
};
static_assert(sizeof(MemoryMapEntry) == 24);

struct MemoryMapResponse {
    std::uint64_t revision;
    std::uint64_t entry_count;
    const MemoryMapEntry* const* entries;

    [[nodiscard]] std::span<const MemoryMapEntry* const> view() const { return {entries, entry_count}; }
};

struct MemoryMap {
    static constexpr FeatureId id{0x67cf3d9d378a806f, 0xe304acdfc50c3c62};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = MemoryMapResponse;
};

// --- Entry Point ---------------------------------------------------------------------------------------------

struct EntryPointResponse {
    std::uint64_t revision;
};

struct EntryPointParameters {
    std::uint64_t entry;
};

template <void (*function)()>
struct EntryPoint {
    static constexpr FeatureId id{0x13d86c035a1cd3e1, 0x2b0caa89d8f3026a};
    static constexpr std::uint64_t revision = 0;
    struct Parameters {
        void (*entry)() = function;
    };
    using Response = EntryPointResponse;
};

// --- File Structure ------------------------------------------------------------------------------------------

struct Uuid {
    std::uint32_t a;
    std::uint16_t b;
    std::uint16_t c;
    std::uint8_t d[8];
    friend constexpr bool operator==(const Uuid&, const Uuid&) = default;
};
static_assert(sizeof(Uuid) == 16);

enum class MediaType : std::uint32_t { generic = 0, optical = 1, tftp = 2 };

struct File {
    std::uint64_t revision;
    void* address;  // at least 4 KiB aligned
    std::uint64_t size;
    const char* path;    // within its volume, with a leading slash
    const char* string;  // the command line, or a module's string
    MediaType media_type;
    std::uint32_t unused;
    std::uint8_t tftp_ipv4[4];
    std::uint32_t tftp_port;
    std::uint32_t partition_index;  // 1-based; 0: unpartitioned
    std::uint32_t mbr_disk_id;
    Uuid gpt_disk_uuid;
    Uuid gpt_part_uuid;
    Uuid part_uuid;

    [[nodiscard]] std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(address), size}; }
};
static_assert(sizeof(File) == 112 && offsetof(File, media_type) == 40 && offsetof(File, gpt_disk_uuid) == 64);

// --- Executable File -----------------------------------------------------------------------------------------

struct ExecutableFileResponse {
    std::uint64_t revision;
    const File* executable_file;
};

struct ExecutableFile {
    static constexpr FeatureId id{0xad97e90e83f1ed67, 0x31eb5d1c5ff23b69};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = ExecutableFileResponse;
};

// --- Module --------------------------------------------------------------------------------------------------

struct ModuleResponse {
    std::uint64_t revision;
    std::uint64_t module_count;
    const File* const* modules;

    [[nodiscard]] std::span<const File* const> view() const { return {modules, module_count}; }
};

/// A module that the executable itself asks for.
struct InternalModule {
    const char* path;    // relative to where the executable lies
    const char* string;  // empty rather than null
    std::uint64_t flags;
};
static_assert(sizeof(InternalModule) == 24);

/// For InternalModule::flags: the loader fails where the module is not found.
inline constexpr std::uint64_t internal_module_required = 1;

/// And: the module is compressed with gzip, and the loader decompresses it. Honoured where the response has revision 2.
inline constexpr std::uint64_t internal_module_compressed = 2;

struct ModuleParameters {
    // Since request revision 1:
    std::uint64_t internal_module_count;
    const InternalModule* const* internal_modules;
};

struct Modules {
    static constexpr FeatureId id{0x3e7e279702be32af, 0xca1c4f3bd1280cee};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = ModuleResponse;
};

// --- RSDP, SMBIOS, EFI System Table, EFI Memory Map ----------------------------------------------------------

struct RsdpResponse {
    std::uint64_t revision;
    const void* address;  // physical in base revision 3 only
};

struct Rsdp {
    static constexpr FeatureId id{0xc5e77b6b397e7b43, 0x27637845accdcf3c};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = RsdpResponse;
};

struct SmbiosResponse {
    std::uint64_t revision;
    const void* entry_32;  // null where there is none; physical in base revisions 3 and 4 only
    const void* entry_64;
};

struct Smbios {
    static constexpr FeatureId id{0x9e9046f11e095391, 0xaa4a520fefbde5ee};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = SmbiosResponse;
};

struct EfiSystemTableResponse {
    std::uint64_t revision;
    const void* address;  // physical in base revisions 3 and 4 only
};

struct EfiSystemTable {
    static constexpr FeatureId id{0x5ceba5163eaaf6d6, 0x0a6981610cf65fcc};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = EfiSystemTableResponse;
};

struct EfiMemoryMapResponse {
    std::uint64_t revision;
    const void* memory_map;
    std::uint64_t memory_map_size;  // bytes
    std::uint64_t descriptor_size;  // bytes
    std::uint64_t descriptor_version;
};

struct EfiMemoryMap {
    static constexpr FeatureId id{0x7df62a431d6872d5, 0xa4fcdfb3e57306c8};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = EfiMemoryMapResponse;
};

// --- Date at Boot --------------------------------------------------------------------------------------------

struct DateAtBootResponse {
    std::uint64_t revision;
    std::int64_t timestamp;  // seconds since 1970-01-01, from the RTC
};

struct DateAtBoot {
    static constexpr FeatureId id{0x502746e184c088aa, 0xfbc5ec83e6327893};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = DateAtBootResponse;
};

// --- Executable Address --------------------------------------------------------------------------------------

struct ExecutableAddressResponse {
    std::uint64_t revision;
    std::uint64_t physical_base;
    std::uint64_t virtual_base;
};

struct ExecutableAddress {
    static constexpr FeatureId id{0x71ba76863cc55f63, 0xb2644a48c516a487};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = ExecutableAddressResponse;
};

// --- TPM Event Log -------------------------------------------------------------------------------------------

enum class TpmEventLogFormat : std::uint64_t { tcg_1_2 = 1, tcg_2 = 2 };

struct TpmEventLogResponse {
    std::uint64_t revision;
    TpmEventLogFormat format;
    std::uint64_t size;  // bytes
    const void* address;

    [[nodiscard]] std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(address), size}; }
};
static_assert(sizeof(TpmEventLogResponse) == 32 && offsetof(TpmEventLogResponse, address) == 24);

struct TpmEventLog {
    static constexpr FeatureId id{0x98e094fc7e76e979, 0xee8d8775c54e1d1f};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = TpmEventLogResponse;
};

// --- Device Tree Blob ----------------------------------------------------------------------------------------

struct DeviceTreeResponse {
    std::uint64_t revision;
    const void* blob;
};
static_assert(sizeof(DeviceTreeResponse) == 16);

struct DeviceTree {
    static constexpr FeatureId id{0xb40ddb48fb54bac7, 0x545081493f81ffb7};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = DeviceTreeResponse;
};

// --- Bootloader Performance ----------------------------------------------------------------------------------

/// Microseconds since some point in the past.
struct BootloaderPerformanceResponse {
    std::uint64_t revision;
    std::uint64_t reset_usec;  // 0 where the loader does not know it
    std::uint64_t init_usec;
    std::uint64_t exec_usec;
};
static_assert(sizeof(BootloaderPerformanceResponse) == 32);

struct BootloaderPerformance {
    static constexpr FeatureId id{0x6b50ad9bf36d13ad, 0xdc4c7e88fc759e17};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = BootloaderPerformanceResponse;
};

// --- x86-64 Keep IOMMU ---------------------------------------------------------------------------------------

struct KeepIommuResponse {
    std::uint64_t revision;
};

struct KeepIommu {
    static constexpr FeatureId id{0x8ebaabe51f490179, 0x2aa86a59ffb4ab0f};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = KeepIommuResponse;
};

// --- TSC (Timestamp Counter) Frequency -----------------------------------------------------------------------

struct TscFrequencyResponse {
    std::uint64_t revision;
    std::uint64_t frequency;  // Hz
};
static_assert(sizeof(TscFrequencyResponse) == 16);

struct TscFrequency {
    static constexpr FeatureId id{0x10f2ee1d87d195e4, 0xf747a2b78f6ddb31};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = TscFrequencyResponse;
};

// --- Flanterm FB Init Params ---------------------------------------------------------------------------------

enum class FlantermRotation : std::uint64_t { none = 0, by_90 = 1, by_180 = 2, by_270 = 3 };

/// How the loader's terminal looks on the framebuffer of the same index; all zero where there is none on it.
struct FlantermParameters {
    const std::uint32_t* canvas;  // in the framebuffer's format and size; null without a wallpaper
    std::uint64_t canvas_size;    // bytes
    std::uint32_t ansi_colours[8];
    std::uint32_t ansi_bright_colours[8];
    std::uint32_t default_background;
    std::uint32_t default_foreground;
    std::uint32_t default_background_bright;
    std::uint32_t default_foreground_bright;
    const void* font;  // 256 glyphs of one bit for each pixel
    std::uint64_t font_width;
    std::uint64_t font_height;
    std::uint64_t font_spacing;
    std::uint64_t font_scale_x;
    std::uint64_t font_scale_y;
    std::uint64_t margin;
    FlantermRotation rotation;
};
static_assert(sizeof(FlantermParameters) == 160 && offsetof(FlantermParameters, default_background) == 80 &&
              offsetof(FlantermParameters, font) == 96 && offsetof(FlantermParameters, rotation) == 152);

struct FlantermResponse {
    std::uint64_t revision;
    std::uint64_t entry_count;
    const FlantermParameters* const* entries;

    [[nodiscard]] std::span<const FlantermParameters* const> view() const { return {entries, entry_count}; }
};

struct Flanterm {
    static constexpr FeatureId id{0x3259399fe7c5f126, 0xe01c1c8c5db9d1a9};
    static constexpr std::uint64_t revision = 0;
    using Parameters = NoParameters;
    using Response = FlantermResponse;
};

// --- Entropy -------------------------------------------------------------------------------------------------

struct EntropyResponse {
    std::uint64_t revision;
    std::uint64_t value_count;  // at most as many as were asked for
    const std::uint64_t* values;

    [[nodiscard]] std::span<const std::uint64_t> view() const { return {values, value_count}; }
};
static_assert(sizeof(EntropyResponse) == 24);

struct EntropyParameters {
    std::uint64_t value_count;
};

template <std::uint64_t count>
struct Entropy {
    static constexpr FeatureId id{0x65ea80255d5682c5, 0x9117240723f493eb};
    static constexpr std::uint64_t revision = 0;
    struct Parameters {
        std::uint64_t value_count = count;
    };
    using Response = EntropyResponse;
};

}  // namespace limine
