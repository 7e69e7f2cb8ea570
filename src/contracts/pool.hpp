// Pool, template "Vault.Pool": a pooled vault. Who deposits an asset gets shares, an ERC-20 with
// permits, and who gives shares back gets his part of what the pool has.
//
// ERC-4626 with ERC-7575, the share being the pool itself. Who wants more than there is in cash
// takes the cash and waits for the rest; queued_pool.hpp is the pool that takes requests
// (ERC-7540).
//
// Books. `cash` is what depositors and borrowers brought and nobody took; `principalOut` is what
// the operator has lent and was not repaid; totalAssets is their sum. A plain transfer to the pool
// is in no book and moves no price: whoever makes it has given it away (V-1, V-2).
//
// The operator and the most that may be out at a time are fixed at creation; with `principalMax`
// zero nothing ever leaves but to those who give shares back. He funds borrowers, hands in what
// they repay, and says what of the principal he expects to lose: `impair` makes it an unrealized
// loss, `writeOff` a realized one, which it can only be after the first. When more principal is
// repaid than was given up, the loss shrinks with it.
//
// Prices (V-6): deposits at total assets, redemptions at total assets less the unrealized loss. So
// nobody leaves before a loss that was told of, and nobody buys what it may turn out not to be. A
// loss nobody was told of, and interest that is about to be repaid, are in no price: whoever knows
// of them and comes or goes first gains, which is for the operator to keep in mind.
//
// Units and rounding: a share has `share_decimals_more` decimals more than the asset. Prices are
// computed as if there were `virtual_shares` shares and one unit of asset more than there are,
// which belong to nobody, so that the first depositor's price cannot be driven up at a profit.
// Shares given and assets paid are rounded down, shares taken and assets charged up: always for the
// pool, that is for those who stay (V-4). What the virtual shares earn remains in the pool for
// ever. A deposit too small for a share is refused. Each preview is exact, each maximum is one that
// is accepted.
//
// Shares vote and can be held (voting_shares.hpp); what is held cannot be given back.
//
// A deposit needs a live record, and so does lending (P-2); leaving needs cash and nothing else
// (V-10). Who takes out another's shares needs his allowance (V-3). An asset that delivers another
// amount than was asked for is refused, either way (V-11); it has at most `decimals_max` decimals.
//
// Invariants, held after every transaction:
//   V-12 cash, principalOut and lossUnrealized move as the events say; the asset's own records
//        cover the cash.
//   V-6  the unrealized loss is at most the principal that is out.
//   V-4  a share's price falls by no other event than a loss: that of redemptions by Impaired, that
//        of deposits by WrittenOff.
//   V-3  what was withdrawn for another was taken from his allowance.
//   T-1  of token.hpp, and the supply changes by exactly what Deposit and Withdraw say.
//   And those of voting_shares.hpp.
#pragma once

#include "contracts/voting_shares.hpp"
#include "native/math.hpp"

namespace plume {

/// What a pool is made with.
struct PoolTerms {
    std::string name;
    std::string symbol;
    Hash record;         ///< what the pool is for; must be live
    Address asset;       ///< an ERC-20 with decimals
    Address operator_;   ///< who lends; zero: nobody
    u128 principal_max;  ///< the most that may be out at a time, in units of the asset

    static constexpr auto members =
        std::tuple{&PoolTerms::name,  &PoolTerms::symbol,    &PoolTerms::record,
                   &PoolTerms::asset, &PoolTerms::operator_, &PoolTerms::principal_max};
};

class Pool : public VotingShares {
public:
    using VotingShares::VotingShares;

    static constexpr uint8_t decimals_max = 18;
    static constexpr uint8_t share_decimals_more = 6;
    static constexpr u256 virtual_shares{1'000'000u};
    static constexpr u256 virtual_assets{1u};

    using Deposit = Event<
        "Deposit(address indexed sender, address indexed owner, uint256 assets, uint256 shares)",
        Address, Address, u256, u256>;
    using Withdraw = Event<
        "Withdraw(address indexed sender, address indexed receiver, address indexed owner, uint256 "
        "assets, uint256 shares)",
        Address, Address, Address, u256, u256>;
    using Funded = Event<"Funded(address indexed to, uint256 amount, bytes32 indexed ref)", Address,
                         u256, Hash>;
    using Repaid = Event<"Repaid(uint256 principal, uint256 interest)", u256, u256>;
    using Impaired = Event<"Impaired(uint256 loss)", u256>;
    using Unimpaired = Event<"Unimpaired(uint256 loss)", u256>;
    using WrittenOff = Event<"WrittenOff(uint256 loss)", u256>;

    using ERC4626ExceededMaxDeposit =
        CustomError<"ERC4626ExceededMaxDeposit(address receiver, uint256 assets, uint256 max)",
                    Address, u256, u256>;
    using ERC4626ExceededMaxMint =
        CustomError<"ERC4626ExceededMaxMint(address receiver, uint256 shares, uint256 max)",
                    Address, u256, u256>;
    using ERC4626ExceededMaxWithdraw =
        CustomError<"ERC4626ExceededMaxWithdraw(address owner, uint256 assets, uint256 max)",
                    Address, u256, u256>;
    using ERC4626ExceededMaxRedeem =
        CustomError<"ERC4626ExceededMaxRedeem(address owner, uint256 shares, uint256 max)", Address,
                    u256, u256>;
    using TermsInvalid = CustomError<"TermsInvalid(string what)", std::string>;
    using NotOperator = CustomError<"NotOperator(address caller)", Address>;
    /// Not worth a share.
    using DepositTooSmall = CustomError<"DepositTooSmall(uint256 assets)", u256>;
    /// The asset delivered `moved` instead.
    using AmountDiffers = CustomError<"AmountDiffers(uint256 amount, uint256 moved)", u256, u256>;
    using CashTooLow = CustomError<"CashTooLow(uint256 amount, uint256 cash)", u256, u256>;
    using PrincipalTooHigh =
        CustomError<"PrincipalTooHigh(uint256 principal, uint256 max)", u256, u256>;
    /// More than is out, and not yet given up.
    using ExceedsPrincipal =
        CustomError<"ExceedsPrincipal(uint256 amount, uint256 principal)", u256, u256>;
    using ExceedsLoss = CustomError<"ExceedsLoss(uint256 amount, uint256 loss)", u256, u256>;
    /// Interest would be nobody's.
    using NoShares = CustomError<"NoShares()">;

    void construct(PoolTerms terms);

    // ERC-4626.
    Address asset() const { return get(asset_); }
    u256 total_assets() const { return u256{get(cash_)} + u256{get(principal_out_)}; }
    /// At the price of deposits.
    u256 convert_to_shares(u256 assets) const { return preview_deposit(assets); }
    /// At the price of redemptions.
    u256 convert_to_assets(u256 shares) const { return preview_redeem(shares); }
    u256 max_deposit(Address receiver) const;
    u256 max_mint(Address receiver) const;
    u256 max_withdraw(Address owner) const;
    u256 max_redeem(Address owner) const;
    u256 preview_deposit(u256 assets) const;
    u256 preview_mint(u256 shares) const;
    u256 preview_withdraw(u256 assets) const;
    u256 preview_redeem(u256 shares) const;
    u256 deposit(u256 assets, Address receiver);
    u256 mint(u256 shares, Address receiver);
    u256 withdraw(u256 assets, Address receiver, Address owner);
    u256 redeem(u256 shares, Address receiver, Address owner);

    // ERC-7575 and ERC-165.
    Address share() const { return self(); }
    /// The pool for its asset, nothing for another.
    Address vault(Address asset) const { return asset == this->asset() ? self() : Address{}; }
    bool supports_interface(Selector id) const;

    // By the operator.
    void fund(Address to, u256 amount, Hash ref);
    /// Takes both from the operator, who has approved it.
    void repay(u256 principal, u256 interest);
    void impair(u256 loss);
    void unimpair(u256 loss);
    void write_off(u256 loss);

    u256 cash() const { return u256{get(cash_)}; }
    u256 principal_out() const { return u256{get(principal_out_)}; }
    u256 loss_unrealized() const { return u256{get(loss_)}; }
    Address operator_account() const { return get(operator_); }
    u256 principal_max() const { return u256{get(principal_max_)}; }

    std::optional<std::string> broken_invariant() const;

    static constexpr auto constructor = Method<
        "constructor((string name, string symbol, bytes32 record, address asset, address "
        "operator, uint128 principalMax) terms)",
        &Pool::construct>{};
    static constexpr auto erc4626 = Methods<
        Method<"asset() view returns (address)", &Pool::asset>,
        Method<"totalAssets() view returns (uint256)", &Pool::total_assets>,
        Method<"convertToShares(uint256 assets) view returns (uint256)", &Pool::convert_to_shares>,
        Method<"convertToAssets(uint256 shares) view returns (uint256)", &Pool::convert_to_assets>,
        Method<"maxDeposit(address receiver) view returns (uint256)", &Pool::max_deposit>,
        Method<"maxMint(address receiver) view returns (uint256)", &Pool::max_mint>,
        Method<"maxWithdraw(address owner) view returns (uint256)", &Pool::max_withdraw>,
        Method<"maxRedeem(address owner) view returns (uint256)", &Pool::max_redeem>,
        Method<"previewDeposit(uint256 assets) view returns (uint256)", &Pool::preview_deposit>,
        Method<"previewMint(uint256 shares) view returns (uint256)", &Pool::preview_mint>,
        Method<"previewWithdraw(uint256 assets) view returns (uint256)", &Pool::preview_withdraw>,
        Method<"previewRedeem(uint256 shares) view returns (uint256)", &Pool::preview_redeem>,
        Method<"deposit(uint256 assets, address receiver) returns (uint256 shares)",
               &Pool::deposit>,
        Method<"mint(uint256 shares, address receiver) returns (uint256 assets)", &Pool::mint>,
        Method<"withdraw(uint256 assets, address receiver, address owner) returns (uint256 shares)",
               &Pool::withdraw>,
        Method<"redeem(uint256 shares, address receiver, address owner) returns (uint256 assets)",
               &Pool::redeem>>{};
    static constexpr auto share_of =
        Methods<Method<"share() view returns (address)", &Pool::share>>{};
    static constexpr auto vault_of =
        Methods<Method<"vault(address asset) view returns (address)", &Pool::vault>>{};
    /// What the shares can do.
    static constexpr auto share_abi = AssetToken::fungible + taking + voting + holding;
    static constexpr auto lending =
        Methods<Method<"fund(address to, uint256 amount, bytes32 ref)", &Pool::fund>,
                Method<"repay(uint256 principal, uint256 interest)", &Pool::repay>,
                Method<"impair(uint256 loss)", &Pool::impair>,
                Method<"unimpair(uint256 loss)", &Pool::unimpair>,
                Method<"writeOff(uint256 loss)", &Pool::write_off>,
                Method<"cash() view returns (uint256)", &Pool::cash>,
                Method<"principalOut() view returns (uint256)", &Pool::principal_out>,
                Method<"lossUnrealized() view returns (uint256)", &Pool::loss_unrealized>,
                Method<"operator() view returns (address)", &Pool::operator_account>,
                Method<"principalMax() view returns (uint256)", &Pool::principal_max>>{};
    static constexpr auto abi = share_abi + erc4626 + share_of + vault_of + lending +
                                Methods<Method<"supportsInterface(bytes4 id) view returns (bool)",
                                               &Pool::supports_interface>>{};
    static constexpr auto declarations =
        AssetToken::fungible_declarations + voting_and_holding_declarations +
        Declarations<Deposit, Withdraw, Funded, Repaid, Impaired, Unimpaired, WrittenOff,
                     ERC4626ExceededMaxDeposit, ERC4626ExceededMaxMint, ERC4626ExceededMaxWithdraw,
                     ERC4626ExceededMaxRedeem, TermsInvalid, NotOperator, DepositTooSmall,
                     AmountDiffers, CashTooLow, PrincipalTooHigh, ExceedsPrincipal, ExceedsLoss,
                     NoShares, erc20::SafeERC20FailedOperation, InvalidAnswer>{};

protected:
    /// Shares of the pool's own could never be given back.
    void on_move(const Address& from, const Address& to, const u256& value) override {
        require(to != self(), ERC20InvalidReceiver{to});
        VotingShares::on_move(from, to, value);
    }
    /// Takes exactly `assets` from the caller for `shares` of the receiver's.
    void bring(const u256& assets, const u256& shares, const Address& receiver);
    /// Pays exactly `assets` for `shares` of the owner's, whose permission is not asked here.
    void take(const u256& assets, const u256& shares, const Address& receiver,
              const Address& owner);
    /// Total assets less what is expected to be lost.
    u256 net_assets() const { return total_assets() - loss_unrealized(); }
    /// How many assets the books have room for, of the assets and of the shares for them.
    u256 room() const;
    void require_operator() const;
    void set_cash(const u256& cash) { set(cash_, checked_u128(cash)); }
    void pull(const Address& from, const u256& amount);
    void send(const Address& to, const u256& amount);

    /// What this transaction's events say has moved, modulo 2^256.
    struct Flows {
        u256 cash;
        u256 principal;
        u256 loss;
        u256 shares;
        bool has_impairment = false;
        bool has_write_off = false;
        std::map<std::pair<Address, Address>, u256> withdrawn;  ///< shares, by owner and caller
        std::map<std::pair<Address, Address>, bool> approved;   ///< by owner and spender
    };
    /// Adds what an event says of assets that were brought or taken, and of shares for them.
    virtual void add_entry_or_exit(Flows& moved, const Log& log) const;
    /// Assets in the pool that are in no price, now and before the transaction.
    virtual u256 reserved() const { return {}; }
    virtual u256 reserved_before() const { return {}; }

    static constexpr Slot<Address> asset_{20};
    static constexpr Slot<Address> operator_{21};
    static constexpr Slot<u128> cash_{22, 0};
    static constexpr Slot<u128> principal_out_{22, 16};
    static constexpr Slot<u128> loss_{23, 0};
    static constexpr Slot<u128> principal_max_{23, 16};

private:
    bool accepts(const Address& receiver) const;
    void set_loss(const u256& loss) { set(loss_, u128{loss}); }
    Flows flows() const;
    std::optional<std::string> broken_books(const Flows& moved) const;
    std::optional<std::string> broken_prices(const Flows& moved) const;
    std::optional<std::string> broken_allowances(const Flows& moved) const;
};

}  // namespace plume
