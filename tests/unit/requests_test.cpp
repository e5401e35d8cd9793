// The scan for requests, over images of a few words.
// Invariant: a refusal leaves the base revision tag as the executable wrote it.
#include "loader/core/requests.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "elf_builder.hpp"

namespace lintel::loader {
namespace {

constexpr std::uint64_t base = lowest_executable_address;

using Words = std::vector<std::uint64_t>;

const Words start(std::begin(limine::start_marker_words), std::end(limine::start_marker_words));
const Words end(std::begin(limine::end_marker_words), std::end(limine::end_marker_words));

Words tag(std::uint64_t revision) {
    return {limine::base_revision_magic.first, limine::base_revision_magic.second, revision};
}

Words request(limine::FeatureId feature, std::uint64_t revision = 0) {
    return {limine::common_magic.first, limine::common_magic.second, feature.first, feature.second, revision, 0};
}

/// An executable whose one segment has these words behind eight words of something else.
struct Program {
    explicit Program(
        const std::vector<Words>& parts, const std::function<void(std::vector<std::byte>&)>& change = [](auto&) {}) {
        Words words(8, 0x9090909090909090);
        for (const Words& part : parts) words.insert(words.end(), part.begin(), part.end());
        ElfBuilder elf(base);
        elf.add({base, elf::flag_read | elf::flag_execute, bytes_of(words)});
        auto file = elf.build();
        change(file);
        executable = *Executable::parse(file);
        image.resize(executable.image_size());
        executable.load(file, image);
    }

    Result<Requests> scan() { return Requests::scan(executable, image); }
    [[nodiscard]] std::uint64_t word(std::size_t index) const { return *read_at<std::uint64_t>(image, index * 8); }

    Executable executable;
    std::vector<std::byte> image;
};

std::string sentence(Program program) {
    auto requests = program.scan();
    return requests ? "accepted" : std::string(requests.error().text);
}

TEST(Requests, a_supported_base_revision_is_confirmed) {
    for (std::uint64_t revision : {0U, 1U, 2U, 3U, 4U, 5U, 6U}) {
        Program program({tag(revision)});
        auto requests = program.scan();
        ASSERT_TRUE(requests);
        EXPECT_EQ(requests->base_revision(), revision);
        EXPECT_EQ(program.word(9), revision);
        EXPECT_EQ(program.word(10), 0U);
    }
}

TEST(Requests, other_base_revisions_are_refused_and_left_unconfirmed) {
    for (std::uint64_t revision : {7U, 1000U}) {
        Program program({tag(revision)});
        auto requests = program.scan();
        ASSERT_FALSE(requests);
        EXPECT_EQ(requests.error().text,
                  "the executable asks for a base revision above 6, the newest that this loader knows");
        EXPECT_EQ(requests.error().number, revision);
        EXPECT_EQ(program.word(10), revision);
    }
}

TEST(Requests, without_a_tag_the_base_revision_is_0) {
    Program program({request(limine::Hhdm::id)});
    auto requests = program.scan();
    ASSERT_TRUE(requests);
    EXPECT_EQ(requests->base_revision(), 0U);
    EXPECT_TRUE(requests->asks_for(limine::Hhdm::id));
}

TEST(Requests, only_those_between_the_markers_count) {
    Program program({request(limine::Rsdp::id), start, tag(6), request(limine::Hhdm::id), end,
                     request(limine::MemoryMap::id), end});
    auto requests = program.scan();
    ASSERT_TRUE(requests) << requests.error().text;
    EXPECT_TRUE(requests->asks_for(limine::Hhdm::id));
    EXPECT_FALSE(requests->asks_for(limine::Rsdp::id));
    EXPECT_FALSE(requests->asks_for(limine::MemoryMap::id));
}

TEST(Requests, the_last_start_marker_counts) {
    Program program({start, request(limine::Rsdp::id), start, tag(6), request(limine::Hhdm::id)});
    auto requests = program.scan();
    ASSERT_TRUE(requests);
    EXPECT_TRUE(requests->asks_for(limine::Hhdm::id));
    EXPECT_FALSE(requests->asks_for(limine::Rsdp::id));
}

TEST(Requests, one_marker_alone_limits_one_side) {
    Program program({tag(6), request(limine::Hhdm::id), end, request(limine::Rsdp::id)});
    auto requests = program.scan();
    ASSERT_TRUE(requests);
    EXPECT_TRUE(requests->asks_for(limine::Hhdm::id));
    EXPECT_FALSE(requests->asks_for(limine::Rsdp::id));
}

TEST(Requests, markers_in_the_wrong_order_are_refused) {
    EXPECT_EQ(sentence(Program({end, tag(6), start})), "the requests' end marker stands before their start marker");
}

TEST(Requests, a_request_twice_is_refused_by_name) {
    auto requests = Program({tag(6), request(limine::Hhdm::id), request(limine::Hhdm::id)}).scan();
    ASSERT_FALSE(requests);
    EXPECT_EQ(requests.error().text, "the executable has the same request more than once");
    EXPECT_EQ(requests.error().subject, "HHDM");
}

TEST(Requests, two_base_revision_tags_are_refused) {
    EXPECT_EQ(sentence(Program({tag(6), tag(6)})), "the executable has more than one base revision tag");
}

TEST(Requests, an_unknown_feature_twice_is_refused_by_number) {
    EXPECT_EQ(sentence(Program({tag(6), request({1, 2}), request({1, 3})})), "accepted");
    auto requests = Program({tag(6), request({1, 2}), request({1, 2})}).scan();
    ASSERT_FALSE(requests);
    EXPECT_EQ(requests.error().text, "the executable has the same request more than once");
    EXPECT_EQ(requests.error().number, 1U);
}

TEST(Requests, have_a_limit) {
    std::vector<Words> parts{tag(6)};
    for (std::uint64_t i = 1; i <= 128; ++i) parts.push_back(request({i, i}));
    EXPECT_EQ(sentence(Program(parts)), "accepted");
    parts.push_back(request({200, 200}));
    EXPECT_EQ(sentence(Program(parts)), "the executable has more than 128 requests");
}

/// A program with a section `.limine_reqs` of these words, and the base revision in its tag if it has one.
struct ListedProgram : Program {
    explicit ListedProgram(const std::vector<Words>& parts, std::uint64_t list_word, std::uint64_t bytes,
                           std::string_view name = ".limine_reqs")
        : Program(parts, [&](std::vector<std::byte>& file) {
              auto append = [&](const auto& value) {
                  auto raw = std::as_bytes(std::span(&value, 1));
                  file.insert(file.end(), raw.begin(), raw.end());
              };
              std::uint64_t names = file.size();
              for (char c : name) file.push_back(static_cast<std::byte>(c));
              file.push_back(std::byte{});
              std::uint64_t headers = file.size();
              elf::SectionHeader section{};
              section.offset = names;
              section.size = name.size() + 1;
              append(section);
              section.address = base + list_word * 8;
              section.size = bytes;
              append(section);
              auto* header = reinterpret_cast<elf::Header*>(file.data());
              header->section_headers_offset = headers;
              header->section_header_size = sizeof(elf::SectionHeader);
              header->section_header_count = 2;
              header->section_names_index = 0;
          }) {}
};

// Behind eight words of something else: a request at word 8, another at 14, the list at 20.
const std::vector<Words> listed_first{request(limine::Hhdm::id), request(limine::Rsdp::id), {base + 64, 0, base + 112}};

TEST(Requests, a_list_is_all_that_counts_in_base_revision_0) {
    auto requests = ListedProgram(listed_first, 20, 24).scan();
    ASSERT_TRUE(requests) << requests.error().text;
    EXPECT_TRUE(requests->asks_for(limine::Hhdm::id));
    EXPECT_FALSE(requests->asks_for(limine::Rsdp::id)) << "it stands behind the null pointer";
}

TEST(Requests, a_list_moves_with_its_executable) {
    constexpr std::uint64_t slide = 0x5000;
    ListedProgram program({request(limine::Hhdm::id), request(limine::Rsdp::id), {base + slide + 64, 0}}, 20, 16);
    program.executable.move_by(slide);
    auto requests = program.scan();
    ASSERT_TRUE(requests) << requests.error().text;
    EXPECT_TRUE(requests->asks_for(limine::Hhdm::id));
    EXPECT_FALSE(requests->asks_for(limine::Rsdp::id));
}

TEST(Requests, a_list_ends_with_its_section) {
    auto requests =
        ListedProgram({request(limine::Hhdm::id), request(limine::Rsdp::id), {base + 64, base + 112}}, 20, 8).scan();
    ASSERT_TRUE(requests);
    EXPECT_TRUE(requests->asks_for(limine::Hhdm::id));
    EXPECT_FALSE(requests->asks_for(limine::Rsdp::id));
}

TEST(Requests, a_list_does_not_count_from_base_revision_1_on) {
    auto parts = listed_first;
    parts.push_back(tag(1));
    auto requests = ListedProgram(parts, 20, 24).scan();
    ASSERT_TRUE(requests);
    EXPECT_TRUE(requests->asks_for(limine::Rsdp::id));
}

TEST(Requests, other_sections_are_no_list) {
    for (const char* name : {".limine_reqs2", ".limine_req", "limine_reqs", ""}) {
        auto requests = ListedProgram(listed_first, 20, 24, name).scan();
        ASSERT_TRUE(requests);
        EXPECT_TRUE(requests->asks_for(limine::Rsdp::id)) << name;
    }
}

TEST(Requests, a_list_that_leads_out_of_the_image_is_refused) {
    EXPECT_EQ(sentence(ListedProgram(listed_first, 20, 0x1000)),
              "the executable's list of requests lies outside its image");
    EXPECT_EQ(sentence(ListedProgram(listed_first, ~std::uint64_t{0} / 8, 24)),
              "the executable's list of requests lies outside its image");
    for (std::uint64_t pointer : {base - 8, base + 0x1000 - 47, std::uint64_t{8}, ~std::uint64_t{0}})
        EXPECT_EQ(sentence(ListedProgram({request(limine::Hhdm::id), request(limine::Rsdp::id), {pointer}}, 20, 8)),
                  "the executable lists a request outside its image");
}

TEST(Requests, a_request_listed_twice_is_refused) {
    EXPECT_EQ(
        sentence(ListedProgram({request(limine::Hhdm::id), request(limine::Rsdp::id), {base + 64, base + 64}}, 20, 16)),
        "the executable has the same request more than once");
}

TEST(Requests, what_is_not_aligned_is_not_a_request) {
    ElfBuilder elf(base);
    elf.add({base, elf::flag_read | elf::flag_execute, bytes_of(tag(6))});
    elf.add({base + 0x1c, elf::flag_read | elf::flag_execute, bytes_of(request(limine::Hhdm::id))});
    auto file = elf.build();
    auto executable = *Executable::parse(file);
    std::vector<std::byte> image(executable.image_size());
    executable.load(file, image);
    auto requests = Requests::scan(executable, image);
    ASSERT_TRUE(requests);
    EXPECT_FALSE(requests->asks_for(limine::Hhdm::id));
}

TEST(Requests, what_the_image_cuts_off_is_no_request) {
    Words header = request(limine::Hhdm::id);
    header.resize(4);
    // Fills the page up to its last four words, so that the rest of the request would be in the next one.
    EXPECT_EQ(sentence(Program({tag(6), Words(512 - 8 - 3 - 4), header})), "accepted");
    Program program({tag(6), Words(512 - 8 - 3 - 4), header});
    EXPECT_FALSE(program.scan()->asks_for(limine::Hhdm::id));
}

TEST(Requests, parameters_outside_the_image_are_refused) {
    Program program({tag(6), Words(512 - 8 - 3 - 6), request(stack_size_id)});
    auto requests = program.scan();
    ASSERT_TRUE(requests && requests->asks_for(stack_size_id));
    EXPECT_FALSE(requests->parameters<limine::StackSizeParameters>(stack_size_id));
}

TEST(Requests, an_answer_is_written_into_its_request) {
    Program program({tag(6), request(limine::Hhdm::id), request(limine::Rsdp::id)});
    auto requests = program.scan();
    requests->answer(limine::Rsdp::id, VirtAddr(0xffff800000001000));
    EXPECT_EQ(program.word(8 + 3 + 5), 0U);
    EXPECT_EQ(program.word(8 + 3 + 6 + 5), 0xffff800000001000U);
}

}  // namespace
}  // namespace lintel::loader
