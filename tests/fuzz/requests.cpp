// Requests in a loaded image.
// The input: how far apart two segments are and how much of them is in the file; then their bytes.
#include "loader/core/requests.hpp"

#include <array>

#include "tests/fuzz/fuzz.hpp"
#include "tests/unit/elf_builder.hpp"

namespace lintel::fuzz {
namespace {

using namespace lintel::loader;

constexpr limine::FeatureId features[] = {limine::BootloaderInfo::id,
                                          limine::Hhdm::id,
                                          limine::Framebuffers::id,
                                          limine::MemoryMap::id,
                                          limine::Modules::id,
                                          limine::Rsdp::id,
                                          limine::ExecutableAddress::id,
                                          stack_size_id,
                                          paging_mode_id,
                                          entry_point_id};

/// The features are answered with this and the numbers behind it.
constexpr std::uint64_t first_answer = 0xffff800012345000;

/// Two segments of code, the second where the input wants it.
std::vector<std::byte> executable_of(Input& input) {
    auto gap = input.number<std::uint8_t>();
    auto zeroes = input.number<std::uint8_t>();
    auto second_size = input.number<std::uint16_t>();
    auto second = copy_of(input.take(second_size));
    auto first = copy_of(input.rest());
    if (first.empty()) first.resize(1);
    std::uint64_t place = lowest_executable_address + first.size() + gap;
    ElfBuilder elf(lowest_executable_address);
    elf.add({lowest_executable_address, elf::flag_execute, first});
    elf.add({place, elf::flag_execute, second, second.size() + zeroes});
    return elf.build();
}

std::uint64_t word(Bytes image, std::uint64_t offset) { return read_at<std::uint64_t>(image, offset).value_or(0); }

template <class Parameters>
void check_parameters(const Requests& requests, limine::FeatureId feature) {
    if (!requests.asks_for(feature)) return;
    if (auto parameters = requests.parameters<Parameters>(feature); !parameters) check_error(parameters.error());
}

/// Whatever the scan and the answers changed is the word of a tag or of an answer.
void check_changes(Bytes before, Bytes after, std::uint64_t base_revision) {
    for (std::uint64_t at = 0; at < before.size(); at += 8) {
        std::uint64_t now = word(after, at);
        bool answer = now - first_answer < std::size(features);
        ensure(now == word(before, at) || now == base_revision || now == 0 || answer, "only answers are written");
    }
}

}  // namespace

void try_input(Bytes input) {
    Input rest(input);
    auto file = executable_of(rest);
    auto executable = Executable::parse(file);
    ensure(executable.has_value(), "the executable of this harness is sound");
    std::vector<std::byte> image(executable->image_size());
    executable->load(file, image);
    const auto before = image;

    auto requests = Requests::scan(*executable, image);
    if (!requests) {
        check_error(requests.error());
        ensure(image == before, "a refusal writes nothing");
        return;
    }
    ensure(requests->base_revision() <= newest_base_revision, "the base revision is one that is supported");
    check_parameters<limine::StackSizeParameters>(*requests, stack_size_id);
    check_parameters<limine::PagingModeParameters>(*requests, paging_mode_id);
    check_parameters<limine::ModuleParameters>(*requests, limine::Modules::id);
    for (std::size_t i = 0; i < std::size(features); ++i) requests->answer(features[i], VirtAddr(first_answer + i));
    check_changes(before, image, requests->base_revision());
}

}  // namespace lintel::fuzz
