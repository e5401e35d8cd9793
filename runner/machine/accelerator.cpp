// See the header.
// Invariant: the decision itself reads nothing but its arguments.
#include "runner/machine/accelerator.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstring>

#include "runner/host/files.hpp"

namespace lintel::runner {

bool virtualizes(std::string_view cpuinfo) {
    std::size_t at = cpuinfo.find("\nflags");
    if (at == std::string_view::npos) return false;
    std::string_view flags = cpuinfo.substr(at + 1);
    std::string line = std::string(flags.substr(0, flags.find('\n'))) + ' ';
    return line.contains(" vmx ") || line.contains(" svm ");
}

AcceleratorFacts accelerator_facts() {
    Descriptor device(::open("/dev/kvm", O_RDWR | O_CLOEXEC));
    std::string error = device.open() ? "" : std::strerror(errno);
    auto cpuinfo = read_file("/proc/cpuinfo", "");
    return {device.open(), error, cpuinfo && virtualizes(*cpuinfo)};
}

Outcome<AcceleratorChoice> choose_accelerator(AcceleratorWish wish, const AcceleratorFacts& facts) {
    if (wish == AcceleratorWish::tcg) return AcceleratorChoice{Accelerator::tcg, "TCG, because --accel tcg"};
    if (!facts.device_opens) {
        if (wish == AcceleratorWish::kvm)
            return refuse("cannot use KVM: /dev/kvm: {}; use --accel tcg, or join the group that owns the device",
                          facts.device_error);
        return AcceleratorChoice{Accelerator::tcg, fmt::format("TCG, because /dev/kvm: {}", facts.device_error)};
    }
    if (wish == AcceleratorWish::kvm) return AcceleratorChoice{Accelerator::kvm, "KVM, because --accel kvm"};
    if (!facts.processor_virtualizes)
        return AcceleratorChoice{Accelerator::tcg, "TCG, because the processor shows neither vmx nor svm"};
    return AcceleratorChoice{Accelerator::kvm, "KVM, because /dev/kvm opens and the processor virtualizes"};
}

}  // namespace lintel::runner
