#include "evm/instruction_support.hpp"

namespace plume::op {

int64_t copy_in(Machine& m, const u256& to, BytesView source, const u256& offset, const u256& size,
                int64_t gas) {
    const Range range = range_of(to, size);
    gas = charge_words(range, gas::copy_word, gas);
    if ((gas = grow(m, range, gas)) < 0) return gas;
    if (range.size == 0) return gas;
    const bool is_inside = offset.fits_uint64() && offset.low64() < source.size();
    const BytesView rest = is_inside ? source.subspan(offset.low64()) : BytesView{};
    const size_t copied = std::min<size_t>(rest.size(), range.size);
    uint8_t* const target = m.memory.data() + range.offset;
    if (copied != 0) std::memcpy(target, rest.data(), copied);
    std::memset(target + copied, 0, range.size - copied);
    return gas;
}

int64_t call_contract(Machine& m, Call& call, const u256& gas_asked, const u256* ranges,
                      u256& result, int64_t gas) {
    const Range input = range_of(ranges[0], ranges[-1]);
    const Range output = range_of(ranges[-2], ranges[-3]);
    if ((gas = grow(m, input, gas)) < 0 || (gas = grow(m, output, gas)) < 0) return gas;
    call.input = view(m, input);
    if (gas_asked.fits_uint64()) call.gas_max = gas_asked.low64();
    Called called;
    gas = hosted(m, gas, [&](Frame& frame) {
        called = frame.call(call);
        return called.halt;
    });
    if (gas < 0) return gas;
    m.return_data = std::move(called.result.output);
    const size_t copied = std::min<size_t>(m.return_data.size(), output.size);
    if (copied != 0) std::memcpy(m.memory.data() + output.offset, m.return_data.data(), copied);
    result = as_word(called.result.status == Status::success);
    return gas;
}

int64_t create_contract(Machine& m, const u256& value, const u256& offset, const u256& size,
                        const u256* salt, u256& result, int64_t gas) {
    if (m.message().is_static) return ends(m, Status::static_write);
    const Range range = range_of(offset, size);
    if ((gas = grow(m, range, gas)) < 0) return gas;
    Called called;
    gas = hosted(m, gas, [&](Frame& frame) {
        called = frame.create({value, view(m, range), salt});
        return called.halt;
    });
    if (gas < 0) return gas;
    m.return_data.clear();
    if (called.result.status == Status::revert) m.return_data = std::move(called.result.output);
    result = to_u256(called.created);
    return gas;
}

int64_t end_with_output(Machine& m, Status status, const Range& range, int64_t gas) {
    if ((gas = grow(m, range, gas)) < 0) return gas;
    m.output = to_bytes(view(m, range));
    m.status = status;
    return gas;
}

}  // namespace plume::op
