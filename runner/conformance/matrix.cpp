// Pairs are covered greedily: the machine that has most of those that are left comes next.
#include "runner/conformance/matrix.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace lintel::runner {

namespace {

using Choice = std::pair<std::string, std::string>;  // an option and its value
using Pairs = std::set<std::pair<Choice, Choice>>;

constexpr std::array media = {Medium{"cd", ImageType::iso, {}}, Medium{"ahci", ImageType::disk, Bus::ahci},
                              Medium{"usb", ImageType::disk, Bus::usb}, Medium{"virtio", ImageType::disk, Bus::virtio},
                              Medium{"nvme", ImageType::disk, Bus::nvme}};

std::vector<MachineKind> machines_without_medium() {
    std::vector<MachineKind> machines;
    for (const char* machine : {"q35", "pc"})
        for (const char* memory : {"64M", "512M", "3G", "8G"})
            for (const char* processors : {"1", "2", "4", "16", "64"})
                for (const char* model : {"qemu64", "Nehalem", "EPYC", "max,-la57", "max"})
                    for (const char* display : {"std", "none"})
                        machines.push_back(
                            {{"-machine", machine, "-m", memory, "-smp", processors, "-cpu", model, "-vga", display}});
    return machines;
}

std::vector<MachineKind> all_machines(bool uefi) {
    if (!uefi) return machines_without_medium();
    std::vector<MachineKind> machines;
    for (const MachineKind& machine : machines_without_medium())
        for (const Medium& medium : media) machines.push_back({machine.words, medium});
    return machines;
}

Pairs pairs_of(const MachineKind& machine) {
    std::vector<Choice> choices;
    for (std::size_t i = 0; i < machine.words.size(); i += 2)
        choices.emplace_back(machine.words[i], machine.words[i + 1]);
    if (machine.medium) choices.emplace_back("medium", machine.medium->name);
    Pairs pairs;
    for (std::size_t i = 0; i < choices.size(); ++i)
        for (std::size_t j = i + 1; j < choices.size(); ++j) pairs.insert({choices[i], choices[j]});
    return pairs;
}

}  // namespace

std::vector<MachineKind> machines_for(Coverage coverage, bool uefi) {
    auto all = all_machines(uefi);
    if (coverage == Coverage::all) return all;
    Pairs left;
    for (const MachineKind& machine : all) left.merge(pairs_of(machine));
    std::vector<MachineKind> chosen;
    while (!left.empty()) {
        const auto& next = *std::ranges::max_element(all, {}, [&](const MachineKind& machine) {
            return std::ranges::count_if(pairs_of(machine), [&](const auto& pair) { return left.contains(pair); });
        });
        for (const auto& pair : pairs_of(next)) left.erase(pair);
        chosen.push_back(next);
    }
    return chosen;
}

std::string name_of(const MachineKind& machine) {
    std::string name;
    for (std::size_t i = 1; i < machine.words.size(); i += 2) name += (name.empty() ? "" : " ") + machine.words[i];
    if (machine.medium) name += std::string(" ") + machine.medium->name;
    return name;
}

}  // namespace lintel::runner
