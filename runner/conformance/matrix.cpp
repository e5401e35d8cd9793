// Pairs are covered greedily: the machine that has most of those that are left comes next.
#include "runner/conformance/matrix.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace lintel::runner {

namespace {

using Choice = std::pair<std::string, std::string>;  // an option and its value
using Pairs = std::set<std::pair<Choice, Choice>>;

std::vector<MachineWords> all_machines() {
    std::vector<MachineWords> machines;
    for (const char* machine : {"q35", "pc"})
        for (const char* memory : {"64M", "512M", "3G", "8G"})
            for (const char* processors : {"1", "2", "4", "16", "64"})
                for (const char* model : {"qemu64", "Nehalem", "EPYC", "max,-la57", "max"})
                    for (const char* display : {"std", "none"})
                        machines.push_back(
                            {"-machine", machine, "-m", memory, "-smp", processors, "-cpu", model, "-vga", display});
    return machines;
}

Pairs pairs_of(const MachineWords& machine) {
    Pairs pairs;
    for (std::size_t i = 0; i < machine.size(); i += 2)
        for (std::size_t j = i + 2; j < machine.size(); j += 2)
            pairs.insert({{machine[i], machine[i + 1]}, {machine[j], machine[j + 1]}});
    return pairs;
}

}  // namespace

std::vector<MachineWords> machines_for(Coverage coverage) {
    auto all = all_machines();
    if (coverage == Coverage::all) return all;
    Pairs left;
    for (const MachineWords& machine : all) left.merge(pairs_of(machine));
    std::vector<MachineWords> chosen;
    while (!left.empty()) {
        const auto& next = *std::ranges::max_element(all, {}, [&](const MachineWords& machine) {
            return std::ranges::count_if(pairs_of(machine), [&](const auto& pair) { return left.contains(pair); });
        });
        for (const auto& pair : pairs_of(next)) left.erase(pair);
        chosen.push_back(next);
    }
    return chosen;
}

std::string name_of(const MachineWords& machine) {
    std::string name;
    for (std::size_t i = 1; i < machine.size(); i += 2) name += (name.empty() ? "" : " ") + machine[i];
    return name;
}

}  // namespace lintel::runner
