// The first two bytes of the input choose a precompile and a revision, the rest is its input.
// Whatever it is, the call ends, keeps to its gas, and says the same again.
#include "base/result.hpp"
#include "base/u256.hpp"
#include "evm/precompiles.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace plume;
    if (size < 2) return 0;
    const uint64_t number = data[0] % 18 + 1;
    const Address address = to_address(u256{number == 18 ? 0x100 : number});
    const auto revision = static_cast<Revision>(data[1] % 3);
    if (!is_precompile(address, revision)) return 0;
    const BytesView input{data + 2, size - 2};

    constexpr uint64_t gas = 300'000;
    const PrecompileResult result = run_precompile(address, revision, input, gas);
    check(result.gas_left <= gas, "gas is only taken");
    check(result.success || (result.gas_left == 0 && result.output.empty()),
          "a failure leaves nothing");
    if (!result.success) return 0;
    const uint64_t price = gas - result.gas_left;
    const PrecompileResult exact = run_precompile(address, revision, input, price);
    check(exact.success && exact.output == result.output, "the price is enough");
    check(price == 0 || !run_precompile(address, revision, input, price - 1).success,
          "and no less is");
    return 0;
}
