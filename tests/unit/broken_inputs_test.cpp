// Broken configurations, paths, executables and start infos, and huge ones. Those that other tests have are not
// repeated.
#include "broken_inputs.hpp"

#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include "elf_builder.hpp"
#include "loader/core/configuration.hpp"
#include "loader/core/executable.hpp"
#include "loader/core/modules.hpp"
#include "loader/core/path.hpp"
#include "loader/core/requests.hpp"
#include "loader/direct/start_info.hpp"

namespace lintel::loader {
namespace {

using Row = BrokenInput;
using File = std::vector<std::byte>;

constexpr std::size_t megabyte = 1 << 20;

std::string repeated(std::string_view text, std::size_t count) {
    std::string all;
    all.reserve(text.size() * count);
    for (; count > 0; --count) all += text;
    return all;
}

std::function<std::string()> configuration(const std::function<std::string()>& text) {
    return [text] {
        auto storage = std::make_unique<ConfigurationStorage>();
        std::string file = text();
        return outcome_of(parse_configuration(file, {}, storage->room()));
    };
}
std::function<std::string()> configuration(const std::string& text) {
    return configuration([text] { return text; });
}
std::function<std::string()> filled(std::string_view start, std::string_view text) {
    return configuration([=] { return std::string(start) + repeated(text, megabyte / text.size()); });
}

using namespace std::string_literals;

const Row configurations[] = {
    {"utf_16", "a zero byte in the configuration, so this is not text, in line 1",
     configuration("\xff\xfe/\0a\0\n\0"s)},
    {"padded_with_zeroes", "a zero byte in the configuration, so this is not text, in line 2",
     configuration("/a\n\0\0\0\0"s)},
    {"an_executable", "a zero byte in the configuration, so this is not text, in line 1",
     configuration("\x7f\x45\x4c\x46\x02\x01\x01\0\0\0"s)},
    {"lines_that_end_in_carriage_returns", "the configuration has no entries",
     configuration("timeout: 1\r/a\rpath: b")},
    {"a_line_of_a_megabyte", "neither a title nor an option nor a comment in the configuration, in line 1",
     filled("", "x")},
    {"a_megabyte_of_lines", "neither a title nor an option nor a comment in the configuration, in line 1048577",
     configuration([] { return repeated("\n", megabyte) + "x"; })},
    {"a_megabyte_of_carriage_returns", "the configuration has no entries", filled("", "\r\n")},
    {"a_megabyte_of_slashes", "an entry of the configuration has no title, in line 1", filled("", "/")},
    {"an_entry_a_million_levels_deep",
     "a sub-entry of the configuration has no directory that it belongs to, in line 2",
     configuration([] { return "/a\n" + repeated("/", megabyte) + "b"; })},
    {"a_title_of_a_megabyte", "accepted", filled("/", "a")},
    {"an_options_name_of_a_megabyte", "accepted", configuration([] { return "/a\n" + repeated("b", megabyte) + ":"; })},
    {"a_value_of_a_megabyte", "accepted", filled("/a\npath:", "b")},
    {"a_comment_of_a_megabyte", "the configuration has no entries", filled("#", "${")},
    {"a_megabyte_of_options_before_any_entry", "the configuration has no entries", filled("", "a:\nb:\n")},
    {"a_megabyte_of_options", "more options than the loader has room for, in line 2050", filled("/a\n", "b:\n")},
    {"a_megabyte_of_entries", "more entries than the loader has room for, in line 257", filled("", "/a\n")},
    {"a_megabyte_of_macros", "more macros than the loader has room for, in line 129", filled("", "${A}=b\n")},
    {"macros_that_are_never_closed", "a '${' without its '}' in the configuration, in line 1", filled("", "${")},
    {"a_megabyte_of_macros_that_are_not_defined", "the configuration has no entries", filled("", "${}")},
    {"macros_that_multiply", "the configuration's macros expand to more than there is room for, in line 2",
     configuration([] { return "${A}=" + repeated("b", 1000) + "\n/" + repeated("${A}", 1000); })},
    {"macros_that_multiply_line_by_line",
     "the configuration's macros expand to more than there is room for, in line 67",
     configuration([] { return "${A}=" + repeated("b", 999) + "\n" + repeated("/${A}\n", 100); })},
    {"a_brace_in_a_macros_name",
     "the configuration is in the syntax of Limine before version 8 (':' before titles, '=' behind options), in line 2",
     configuration("/a\n${A}}=b\n")},
    {"a_title_that_expands_to_nothing", "an entry of the configuration has no title, in line 1",
     configuration("/${NONE}\n")},
    {"a_name_that_expands_to_two_words",
     "an option's name is followed by ':' and has no spaces, which is not so in line 3",
     configuration("${A}=b c\n/a\n${A}: d\n")},
    {"a_name_that_expands_to_nothing",
     "the configuration is in the syntax of Limine before version 8 (':' before titles, '=' behind options), in line 2",
     configuration("/a\n${NONE}: b\n")},
    {"an_equals_sign_in_a_name",
     "the configuration is in the syntax of Limine before version 8 (':' before titles, '=' behind options), in line 2",
     configuration("/a\ncmdline=b: c\n")},
    {"only_a_byte_order_mark", "the configuration has no entries", configuration("\xef\xbb\xbf")},
    {"two_byte_order_marks", "neither a title nor an option nor a comment in the configuration, in line 1",
     configuration("\xef\xbb\xbf\xef\xbb\xbf/a\n")},
};

std::function<std::string()> path(const std::string& text) {
    return [text] { return outcome_of(parse_path(text)); };
}

std::function<std::string()> beside(const std::string& relative) {
    return [relative] {
        std::array<char, 32> storage;
        return outcome_of(path_beside("/boot/kernel", relative, storage));
    };
}

constexpr const char* wrong_form = "a path has the form resource(argument):/path, not";
constexpr const char* wrong_resource = "a path starts with boot, hdd, odd, guid, uuid, fslabel or tftp, not";
constexpr const char* wrong_hash = "'#' in a path comes before a hash of 64, 128 or 256 hexadecimal digits";
constexpr const char* wrong_argument = "the argument in the parentheses does not suit this path's resource";

const Row paths[] = {
    {"two_dollars", wrong_resource, path("$$boot():/a")},
    {"a_blank_behind_the_resource", wrong_resource, path("boot ():/a")},
    {"nothing_before_the_parenthesis", wrong_resource, path("():/a")},
    {"a_megabyte_of_parentheses", wrong_form, path(repeated("(", megabyte))},
    {"a_megabyte_of_pounds", wrong_hash, path(repeated("#", megabyte))},
    {"a_pound_and_nothing", wrong_hash, path("boot():/a#")},
    {"a_hash_before_the_path", wrong_hash, path("boot#" + repeated("0", 64) + "():/a")},
    {"a_partition_beyond_32_bits", wrong_argument, path("boot(4294967297):/a")},
    {"a_drive_of_a_megabyte", wrong_argument, path("hdd(" + repeated("1", megabyte) + ":):/a")},
    {"above_the_root", "the module's path leads out of the volume", beside("../..")},
    {"above_the_root_and_back", "the module's path leads out of the volume", beside("../../boot/a")},
    {"a_megabyte_of_steps_upwards", "the module's path leads out of the volume", beside(repeated("../", megabyte / 3))},
    {"a_megabyte_of_slashes", "accepted", beside(repeated("/", megabyte))},
    {"one_letter_too_many", "the module's path is too long", beside(repeated("a", 27))},
    {"as_many_letters_as_fit", "accepted", beside(repeated("a", 26))},
};

constexpr std::uint64_t base = lowest_executable_address;
constexpr std::uint32_t code = elf::flag_read | elf::flag_execute;
constexpr std::uint32_t data = elf::flag_read | elf::flag_write;

ElfBuilder sound() {
    ElfBuilder elf(base);
    elf.add({base, code, File(0x40)});
    elf.add({base + 0x1000, data, File(0x20), 0x1800});
    return elf;
}

struct Patch {
    std::size_t offset;
    std::uint64_t value;
    std::size_t size = sizeof(std::uint64_t);
};

constexpr std::size_t in_program_header(std::size_t index, std::size_t field) {
    return sizeof(elf::Header) + index * sizeof(elf::ProgramHeader) + field;
}

std::function<std::string()> executable(const ElfBuilder& elf, const std::vector<Patch>& patches = {}) {
    File file = elf.build();
    for (const Patch& patch : patches) std::memcpy(file.data() + patch.offset, &patch.value, patch.size);
    return [file] {
        auto result = Executable::parse(file);
        // The number is the address at fault; other tests see to it.
        return result ? "accepted" : std::string(result.error().text);
    };
}
std::function<std::string()> with(ElfBuilder::Segment segment) { return executable(sound().add(std::move(segment))); }
std::function<std::string()> with(const std::vector<Patch>& patches) { return executable(sound(), patches); }

std::function<std::string()> with_dynamic(const std::vector<std::uint64_t>& words) {
    return with({base + 0x1000, data, bytes_of(words), 0, elf::segment_dynamic});
}

constexpr const char* overlap = "two segments of the executable overlap";
constexpr const char* wrong_relocations = "the executable's relocations have a format that x86-64 does not use";
constexpr const char* beyond_space = "a segment reaches beyond the end of the address space";
constexpr const char* half_table = "the ELF file ends before its program headers do";
constexpr const char* half_segment = "the ELF file ends before one of its segments does";
constexpr const char* shared_page = "two segments with different permissions share a page";
constexpr const char* no_code = "the entry point lies outside the executable segments";

const Row executables[] = {
    {"no_class", "the executable is not a 64-bit ELF file", with({{elf::ident_class, 0, 1}})},
    {"no_byte_order", "the executable is not a little-endian ELF file", with({{elf::ident_data, 0, 1}})},
    {"for_i386", "the executable is not for x86-64", with({{18, 3, 2}})},
    {"a_core_dump", "the ELF file is neither an executable nor a shared object", with({{16, 4, 2}})},
    {"program_headers_of_no_size", "the ELF file's program headers have a size that ELF64 does not know",
     with({{54, 0, 2}})},
    {"program_headers_of_another_size", "the ELF file's program headers have a size that ELF64 does not know",
     with({{54, 64, 2}})},
    {"program_headers_up_to_where_numbers_end", half_table, with({{32, ~std::uint64_t{111}}})},
    {"program_headers_without_number", half_table, with({{56, 0xffff, 2}})},
    {"program_headers_at_the_files_end", half_table, with({{32, 0x40 + 2 * 56 + 0x60 - 111}})},
    {"a_segment_up_to_where_numbers_end", half_segment, with({{in_program_header(0, 8), ~std::uint64_t{0x3f}}})},
    {"a_segment_of_any_size", half_segment,
     with({{in_program_header(0, 32), ~std::uint64_t{0}}, {in_program_header(0, 40), ~std::uint64_t{0}}})},
    {"a_segment_up_to_the_last_byte", beyond_space, with({0xfffffffffffff000, data, File(8), 0x1000})},
    {"a_segment_at_the_last_byte", beyond_space, with({0xffffffffffffffff, data, File(1)})},
    {"one_segment_inside_another", overlap, with({base + 0x1400, data, File(8)})},
    {"one_segment_around_another", overlap, with({base + 0x800, code, File(8), 0x4000})},
    {"segments_that_overlap_in_a_byte", overlap, with({base + 0x27ff, data, File(8)})},
    {"segments_that_overlap_in_what_is_zero", overlap, with({base + 0x1100, data, File(), 0x10})},
    {"code_right_behind_data", shared_page, with({base + 0x2800, code, File(8)})},
    {"code_in_the_last_byte_of_a_page_of_data", shared_page, with({base + 0x2fff, code, File(1)})},
    {"a_page_too_many", "the executable's image is larger than 1 GiB", with({base + largest_image, data, File(), 1})},
    {"as_many_pages_as_may_be", "accepted", with({base + largest_image - 1, data, File(), 1})},
    {"segments_of_no_size", "the executable has no segment to load",
     executable(ElfBuilder(base).add({base, code, {}}))},
    {"an_entry_behind_the_code", no_code, executable(sound(), {{24, base + 0x40}})},
    {"an_entry_before_the_code", no_code, executable(sound(), {{24, base - 1}})},
    {"an_entry_at_the_last_byte", no_code, executable(sound(), {{24, ~std::uint64_t{0}}})},
    {"relocations_without_addends", wrong_relocations, with_dynamic({18, 16, 0, 0})},
    {"relocations_of_another_size", wrong_relocations, with_dynamic({9, 16, 0, 0})},
    {"packed_relocations_of_another_size", wrong_relocations, with_dynamic({37, 4, 0, 0})},
    {"symbols_of_another_size", wrong_relocations, with_dynamic({11, 16, 0, 0})},
    {"procedure_linkage_without_addends", wrong_relocations, with_dynamic({20, 17, 0, 0})},
    {"a_library_that_it_needs", "the executable needs a shared library", with_dynamic({1, 0, 0, 0})},
    {"a_library_behind_the_end_of_the_table", "accepted", with_dynamic({0, 0, 1, 0})},
    {"a_dynamic_table_without_end", "accepted", with_dynamic({5, 7, 1})},
    {"a_dynamic_table_up_to_where_numbers_end", "the ELF file ends before its dynamic section does",
     executable(sound().add({base, data, bytes_of({8, 24}), 0, elf::segment_dynamic}),
                {{in_program_header(2, 8), ~std::uint64_t{15}}})},
};

using Words = std::vector<std::uint64_t>;

const Words start(std::begin(limine::start_marker_words), std::end(limine::start_marker_words));
const Words end(std::begin(limine::end_marker_words), std::end(limine::end_marker_words));
const Words tag{limine::base_revision_magic.first, limine::base_revision_magic.second, 6};
const Words hhdm{
    limine::common_magic.first, limine::common_magic.second, limine::Hhdm::id.first, limine::Hhdm::id.second, 0, 0};
const Words unknown{limine::common_magic.first, limine::common_magic.second, 1, 2, 3, 4};

Words joined(const std::vector<Words>& parts) {
    Words words;
    for (const Words& part : parts) words.insert(words.end(), part.begin(), part.end());
    return words;
}

/// The outcome of a scan through one segment that starts with `shift` bytes of something else.
std::function<std::string()> requests(const std::vector<Words>& parts, std::size_t shift = 0) {
    return [=] {
        File bytes = bytes_of(joined(parts));
        bytes.insert(bytes.begin(), shift, std::byte{0x90});
        File file = ElfBuilder(base).add({base, code, bytes, bytes.size() + 64}).build();
        auto parsed = Executable::parse(file);
        File image(parsed->image_size());
        parsed->load(file, image);
        auto found = Requests::scan(*parsed, image);
        return found ? "accepted as " + std::to_string(found->base_revision()) : outcome_of(found);
    };
}

/// The same, of 16 MiB that begin with a tag.
std::function<std::string()> huge_requests(const Words& words) {
    return [=] {
        Words area = tag;
        while (area.size() < 2 * megabyte) area.insert(area.end(), words.begin(), words.end());
        return requests({area})();
    };
}

// Without a tag, the base revision is 0.
constexpr const char* no_tag = "accepted as 0";

const Row request_areas[] = {
    {"a_tag_before_the_start", no_tag, requests({tag, start, hhdm, end})},
    {"a_tag_behind_the_end", no_tag, requests({start, hhdm, end, tag})},
    {"a_tag_that_is_not_aligned", no_tag, requests({tag, hhdm}, 4)},
    {"a_tag_whose_revision_is_not_in_the_file", no_tag, requests({{tag[0], tag[1]}})},
    {"half_a_tag", no_tag, requests({{tag[0]}, hhdm})},
    {"a_revision_of_all_ones",
     "the executable asks for a base revision above 6, the newest that this loader knows 18446744073709551615",
     requests({{tag[0], tag[1], ~std::uint64_t{0}}})},
    {"half_a_start_marker", "accepted as 6", requests({tag, {start[0], start[1]}, hhdm})},
    {"half_an_end_marker", "accepted as 6", requests({{end[0]}, tag, hhdm})},
    {"a_start_marker_that_is_not_aligned", "accepted as 6",
     requests({tag, {0}, hhdm, {start[0] << 32, start[0] >> 32}})},
    {"only_an_end_marker", no_tag, requests({end, tag, hhdm})},
    {"only_a_start_marker_at_the_very_end", no_tag, requests({tag, hhdm, start})},
    {"markers_inside_each_other", "accepted as 6", requests({start, start, tag, hhdm, end, end})},
    {"a_second_tag_outside_the_markers", "accepted as 6", requests({tag, start, tag, end, tag})},
    {"sixteen_megabytes_of_start_markers", no_tag, huge_requests(start)},
    {"sixteen_megabytes_of_unknown_requests", "the executable has the same request more than once 1",
     huge_requests(unknown)},
    {"sixteen_megabytes_of_magic_words", "accepted as 6", huge_requests({hhdm[0]})},
    {"sixteen_megabytes_of_one_request", "the executable has the same request more than once", huge_requests(hhdm)},
    {"sixteen_megabytes_of_tags", "the executable has more than one base revision tag", huge_requests(tag)},
};

/// What QEMU hands over, in 512 bytes of memory: the structure at 64, the map's two entries behind it.
struct StartMemory {
    alignas(16) std::array<std::uint32_t, 128> words{};

    StartMemory() {
        put<std::uint32_t>(64, 0x336ec578);
        put<std::uint32_t>(68, 1);
        put<std::uint64_t>(64 + 40, 128);
        put<std::uint32_t>(64 + 48, 2);
    }
    template <class T>
    void put(std::size_t offset, T value) {
        std::memcpy(reinterpret_cast<std::byte*>(words.data()) + offset, &value, sizeof value);
    }
};

std::function<std::string()> start_info(std::uint64_t address, const std::function<void(StartMemory&)>& damage = {}) {
    return [=] {
        StartMemory memory;
        if (damage) damage(memory);
        DirectMap map(reinterpret_cast<std::uint64_t>(memory.words.data()));
        return outcome_of(direct::StartInfo::parse(PhysAddr(address), map, sizeof memory.words));
    };
}
std::function<std::string()> with_map_at(std::uint64_t address) {
    return start_info(64, [=](StartMemory& memory) { memory.put<std::uint64_t>(64 + 40, address); });
}
std::function<std::string()> with_entries(std::uint32_t count) {
    return start_info(64, [=](StartMemory& memory) { memory.put<std::uint32_t>(64 + 48, count); });
}

constexpr const char* no_info = "the PVH start info is not where memory can be";
constexpr const char* no_map = "the PVH start info's memory map is not where memory can be";

const Row start_infos[] = {
    {"sound", "accepted", start_info(64)},
    {"nowhere", no_info, start_info(0)},
    {"not_aligned", no_info, start_info(66)},
    {"cut_off", no_info, start_info(512 - 52)},
    {"where_numbers_end", no_info, start_info(~std::uint64_t{3})},
    {"something_else", "the PVH start info lacks its magic number", start_info(128)},
    {"of_version_0", "the PVH start info has no memory map: it is of version 0",
     start_info(64, [](StartMemory& memory) { memory.put<std::uint32_t>(68, 0); })},
    {"without_entries", "the PVH start info's memory map has an absurd number of entries 0", with_entries(0)},
    {"with_1025_entries", "the PVH start info's memory map has an absurd number of entries 1025", with_entries(1025)},
    {"with_all_entries", "the PVH start info's memory map has an absurd number of entries 4294967295",
     with_entries(~0U)},
    {"with_entries_beyond_memory", no_map, with_entries(17)},
    {"with_entries_up_to_the_end", "accepted", with_entries(16)},
    {"with_its_map_nowhere", no_map, with_map_at(0)},
    {"with_its_map_not_aligned", no_map, with_map_at(132)},
    {"with_its_map_behind_memory", no_map, with_map_at(512)},
    {"with_its_map_where_numbers_end", no_map, with_map_at(~std::uint64_t{47})},
};

TEST_P(BrokenInputs, gets_its_own_sentence) { EXPECT_EQ(GetParam().outcome(), GetParam().sentence); }

INSTANTIATE_TEST_SUITE_P(Configuration, BrokenInputs, ::testing::ValuesIn(configurations), row_name);
INSTANTIATE_TEST_SUITE_P(Path, BrokenInputs, ::testing::ValuesIn(paths), row_name);
INSTANTIATE_TEST_SUITE_P(Executable, BrokenInputs, ::testing::ValuesIn(executables), row_name);
INSTANTIATE_TEST_SUITE_P(Requests, BrokenInputs, ::testing::ValuesIn(request_areas), row_name);
INSTANTIATE_TEST_SUITE_P(StartInfo, BrokenInputs, ::testing::ValuesIn(start_infos), row_name);

}  // namespace
}  // namespace lintel::loader
