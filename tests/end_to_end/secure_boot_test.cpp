// A machine that starts nothing but what is signed, with OVMF's keys for tests.
#include <gtest/gtest.h>

#include "base/blake2b.hpp"
#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

const fs::path firmware = "/usr/share/OVMF", keys = "/usr/share/ovmf";

std::string hash_of(const fs::path& file) {
    std::string text;
    for (std::byte byte : blake2b(as_bytes(contents(file)))) text += fmt::format("{:02x}", std::to_integer<int>(byte));
    return text;
}

class SecureBoot : public ::testing::Test {
protected:
    void SetUp() override {
        if (!fs::exists(firmware / "OVMF_VARS_4M.snakeoil.fd")) GTEST_SKIP() << "this OVMF has no keys for tests";
        fs::copy_file(firmware / "OVMF_CODE_4M.secboot.fd", scratch_ / "OVMF_CODE.fd");
        fs::copy_file(firmware / "OVMF_VARS_4M.snakeoil.fd", scratch_ / "OVMF_VARS.fd");
        // The key's passphrase is public, like the key.
        auto plain = run({"/usr/bin/openssl", "pkey", "-in", keys / "PkKek-1-snakeoil.key", "-passin", "pass:snakeoil",
                          "-out", scratch_ / "key"});
        ASSERT_EQ(plain.code, 0) << plain.err;
        // As images have it, without debug information; and in a folder of its own, where no command line is added to
        // the configuration, whose hash would no longer be the one that is enrolled.
        auto strip = run({"/usr/bin/llvm-objcopy-19", "--strip-debug", kernel(), kernel_});
        ASSERT_EQ(strip.code, 0) << strip.err;
    }

    /// Boots the loader, tied to a configuration with `path` and signed.
    Answer boot(const std::string& path) {
        const fs::path conf = scratch_.add("limine.conf",
                                           "timeout: 0\nhash_mismatch_panic: no\n/Test\n"
                                           "    protocol: limine\n    path: " +
                                               path + "\n    cmdline: init=halt\n");
        const fs::path enrolled = scratch_ / "enrolled.efi", loader = scratch_ / "signed.efi";
        auto tied = run({command(), "enroll", conf, build_folder() / "loader/uefi/BOOTX64.EFI", "-o", enrolled});
        EXPECT_EQ(tied.code, 0) << tied.err;
        auto signing = run({"/usr/bin/sbsign", "--key", scratch_ / "key", "--cert", keys / "PkKek-1-snakeoil.pem",
                            "--output", loader, enrolled});
        EXPECT_EQ(signing.code, 0) << signing.err;
        // This build of OVMF keeps its variables where only system management mode can write.
        return lintel(
            {"run",     "--headless", "--until-halt", "--timeout",    "200",
             "--accel", "tcg",        "--firmware",   "uefi",         "--kernel",
             kernel_,   "--config",   conf,           "--loader-efi", loader,
             "--",      "-machine",   "q35,smm=on",   "-global",      "driver=cfi.pflash01,property=secure,value=on"},
            {{"OVMF_PATH", (scratch_ / "OVMF_CODE.fd").string()}});
    }

    Scratch scratch_;
    const fs::path kernel_ = scratch_ / "kernel.elf";
};

TEST_F(SecureBoot, starts_a_kernel_with_its_hash_and_refuses_one_without) {
    auto hashed = boot("boot():/boot/kernel.elf#" + hash_of(kernel_));
    EXPECT_EQ(hashed.code, 0) << hashed.err << hashed.out;

    auto bare = boot("boot():/boot/kernel.elf");
    EXPECT_EQ(bare.code, 6) << bare.err << bare.out;
    EXPECT_TRUE(
        bare.out.contains("under Secure Boot, with a hash enrolled, a file's path has to end in '#' and its "
                          "hash: /boot/kernel.elf"))
        << bare.out;
}

TEST_F(SecureBoot, takes_a_wrong_hash_for_an_error_whatever_the_configuration_says) {
    auto wrong = boot("boot():/boot/kernel.elf#" + std::string(128, '0'));
    EXPECT_EQ(wrong.code, 6) << wrong.err << wrong.out;
    EXPECT_TRUE(wrong.out.contains("the file does not have the hash that it must have: /boot/kernel.elf")) << wrong.out;
}

}  // namespace
}  // namespace lintel::end_to_end
