#include "evm/message.hpp"

#include "base/result.hpp"

namespace plume {

std::string_view name_of(Status status) {
    switch (status) {
        case Status::success:
            return "success";
        case Status::revert:
            return "execution reverted";
        case Status::out_of_gas:
            return "out of gas";
        case Status::static_write:
            return "write protection";
        case Status::depth_exceeded:
            return "max call depth exceeded";
        case Status::insufficient_balance:
            return "insufficient balance for transfer";
        case Status::nonce_exhausted:
            return "nonce uint64 overflow";
        case Status::address_taken:
            return "contract address collision";
        case Status::undefined_instruction:
            return "invalid opcode";
        case Status::stack_underflow:
            return "stack underflow";
        case Status::stack_overflow:
            return "stack limit reached 1024";
        case Status::invalid_jump:
            return "invalid jump destination";
        case Status::return_data_out_of_range:
            return "return data out of bounds";
        case Status::init_code_too_large:
            return "max initcode size exceeded";
        case Status::code_too_large:
            return "max code size exceeded";
        case Status::code_reserved:
            return "invalid code: must not begin with 0xef";
        case Status::precompile_failed:
            return "precompiled contract failed";
        case Status::native_delegated:
            return "delegated call into a native contract";
        case Status::invariant_broken:
            return "invariant of a native contract broken";
    }
    fail("a status is one of the enumerators");
}

}  // namespace plume
