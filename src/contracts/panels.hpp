// Panels: named benches of jurors who decide disputes for a posted fee.
//
// A part of the Arbitrator: free functions that keep their state in the contract's own storage, in
// a namespace of its own (ERC-7201). Anyone makes a panel, a sovereign for the cases of his mission
// or a guild for whoever wants it, and nothing of it ever changes: a price, a juror or a delay that
// is to be another is another panel. So the cost that an arbitrable reads is the cost it pays, now
// and in a year, and no juror is put on a bench after the case is known.
//
// An appeal goes to the panel that this one names, which is an older one: appeals cannot go in a
// circle. It has the same currency and not fewer jurors.
#pragma once

#include "native/contract.hpp"

namespace plume {

/// What a panel is made with. Times are seconds.
struct Panel {
    std::string name;
    Address currency;    ///< of the fee: an ERC-20, or zero for the chain's own coin
    u128 fee;            ///< for each juror; a dispute costs that many fees
    uint8_t quorum = 0;  ///< how many must reveal a vote for it to count
    uint64_t commit_seconds = 0;
    uint64_t reveal_seconds = 0;
    uint64_t appeal_seconds = 0;  ///< 0 if and only if there is no appeal
    u256 appeal_panel;            ///< where an appeal goes; 0: there is none
    std::vector<Address> jurors;

    static constexpr auto members =
        std::tuple{&Panel::name,           &Panel::currency,       &Panel::fee,
                   &Panel::quorum,         &Panel::commit_seconds, &Panel::reveal_seconds,
                   &Panel::appeal_seconds, &Panel::appeal_panel,   &Panel::jurors};
    friend bool operator==(const Panel&, const Panel&) = default;
};

namespace panels {

inline constexpr size_t jurors_max = 32;
/// Rounds of one dispute after its first.
inline constexpr uint8_t appeals_max = 4;
inline constexpr size_t panel_name_size_max = 64;
/// The shortest and the longest that each of its periods may be: a minute, and 90 days.
inline constexpr uint64_t period_seconds_least = 60;
inline constexpr uint64_t period_seconds_max = 90ull * 86'400;

using PanelCreated = Event<
    "PanelCreated(uint256 indexed panel, address indexed by, string name, address currency, "
    "uint256 cost)",
    u256, Address, std::string, Address, u256>;

using UnknownPanel = CustomError<"UnknownPanel(uint256 panel, uint256 count)", u256, u256>;
using JurorCountInvalid = CustomError<"JurorCountInvalid(uint256 count, uint256 max)", u256, u256>;
/// The zero address, the arbitrator itself, or one that is there twice.
using JurorInvalid = CustomError<"JurorInvalid(address juror)", Address>;
using QuorumInvalid = CustomError<"QuorumInvalid(uint8 quorum, uint256 jurors)", uint8_t, u256>;
using PeriodInvalid = CustomError<"PeriodInvalid(uint64 period)", uint64_t>;
using PanelNameTooLong = CustomError<"PanelNameTooLong(uint256 size, uint256 max)", u256, u256>;
using PanelFeeZero = CustomError<"PanelFeeZero()">;
/// The appeal's panel has another currency or fewer jurors, or would be one appeal too many.
using AppealPanelInvalid = CustomError<"AppealPanelInvalid(uint256 panel)", u256>;

/// Appends a panel; returns its id: 1, 2, 3, ...
u256 create(Contract& contract, const Panel& panel);

u256 count(const Contract& contract);
/// All of a panel. Refused when there is none with this id, as with the functions below.
Panel terms(const Contract& contract, const u256& id);
Address currency(const Contract& contract, const u256& id);
/// What a dispute costs here: the fees of all jurors.
u256 cost(const Contract& contract, const u256& id);
u256 appeal_panel(const Contract& contract, const u256& id);
bool has_juror(const Contract& contract, const u256& id, const Address& account);

inline constexpr auto declarations =
    Declarations<PanelCreated, UnknownPanel, JurorCountInvalid, JurorInvalid, QuorumInvalid,
                 PeriodInvalid, PanelNameTooLong, PanelFeeZero, AppealPanelInvalid>{};

}  // namespace panels

}  // namespace plume
