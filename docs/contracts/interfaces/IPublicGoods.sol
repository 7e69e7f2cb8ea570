// SPDX-License-Identifier: MIT
pragma solidity >=0.8.4;

interface IPublicGoods {
    struct Payees {
        address to;
        uint32 part;
    }

    struct Release {
        address target;
        bytes data;
    }

    struct Line {
        uint16 share;
        uint8 split;
        Payees[] payees;
        bytes32 purpose;
        bytes32 record;
        uint64 opensAt;
        uint64 deadline;
        Release release;
    }

    struct Struct {
        string name;
        string symbol;
        uint8 decimals;
        bytes32 record;
        bytes32 purpose;
        address steward;
        address reviewer;
        uint64 fundingDeadline;
        uint64 epochSeconds;
        uint128 softCap;
        uint128 hardCap;
        bool transferable;
        address registry;
        bytes32 domain;
    }

    struct Struct2 {
        address asset;
        uint128 weight;
        uint128 epochCap;
    }

    struct Struct3 {
        uint64 time;
        address asset;
        uint8 debit;
        uint8 credit;
        uint128 amount;
        bytes32 ref;
    }

    function addLine(Line calldata line) external returns (uint256 id);
    function open() external;
    function registerRecipient(bytes32 record) external;
    function reviewRecipient(address recipient, bool accepted) external;
    function contribute(address asset, uint256 assets, address receiver, bytes32 ref) external returns (uint256 shares);
    function contribute(uint256 assets, address receiver, bytes32 ref) external returns (uint256 shares);
    function contributeTo(address recipient, address asset, uint256 assets, address receiver, bytes32 ref) external returns (uint256 shares);
    function endFunding() external;
    function release(uint256 id) external;
    function pay(uint256 id, address asset, address to) external;
    function payMany(uint256 id, address asset, address[] calldata to) external;
    function close() external;
    function withdrawReturned(address holder, address asset) external;
    function phase() external view returns (uint8);
    function steward() external view returns (address);
    function reviewer() external view returns (address);
    function terms() external view returns (Struct memory);
    function currencies() external view returns (Struct2[] memory);
    function planHash() external view returns (bytes32);
    function account(address asset, uint8 number) external view returns (uint256 debits, uint256 credits);
    function journalCount() external view returns (uint256);
    function journal(uint256 i) external view returns (Struct3 memory);
    function stakeOf(address holder, address asset) external view returns (uint256 pool, uint256 gifts);
    function withdrawable(address holder, address asset) external view returns (uint256);
    function epochLeft(address asset) external view returns (uint256);
    function lineCount() external view returns (uint256);
    function line(uint256 id) external view returns (Line memory terms, bytes32 hash, bool released);
    function isReleasable(uint256 id) external view returns (bool);
    function due(uint256 id, address asset, address to) external view returns (uint256 all, uint256 paid);
    function recipientCount() external view returns (uint256);
    function recipientAt(uint256 index) external view returns (address);
    function recipient(address who) external view returns (uint8 status, bytes32 record, uint256 weight);
    function matchOf(address recipient) external view returns (uint256);
    function name() external view returns (string memory);
    function symbol() external view returns (string memory);
    function decimals() external view returns (uint8);
    function totalSupply() external view returns (uint256);
    function balanceOf(address owner) external view returns (uint256);
    function allowance(address owner, address spender) external view returns (uint256);
    function transfer(address to, uint256 value) external returns (bool);
    function approve(address spender, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;
    function nonces(address owner) external view returns (uint256);
    function DOMAIN_SEPARATOR() external view returns (bytes32);
    function eip712Domain() external view returns (bytes1 fields, string memory name, string memory version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] memory extensions);
    function supportsInterface(bytes4 id) external view returns (bool);
    function record() external view returns (bytes32);
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
    error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
    error ERC20InvalidSender(address sender);
    error ERC20InvalidReceiver(address receiver);
    error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
    error ERC20InvalidApprover(address approver);
    error ERC20InvalidSpender(address spender);
    error ERC2612ExpiredSignature(uint256 deadline);
    error ERC2612InvalidSigner(address signer, address owner);
    error ECDSAInvalidSignature();
    error ECDSAInvalidSignatureS(bytes32 s);
    error TextTooLong(uint256 size, uint256 max);
    error RecordNotLive(bytes32 uid);
    event LineAdded(uint256 indexed id, bytes32 indexed line, uint16 share, uint8 split, bytes32 purpose, bytes32 record);
    event Opened(bytes32 planHash);
    event PhaseChanged(uint8 phase);
    event Contributed(address indexed from, address indexed receiver, address recipient, address asset, uint256 assets, uint256 shares, bytes32 indexed ref);
    event LineReleased(bytes32 indexed line, address indexed asset, uint256 fromPool, uint256 fromGifts);
    event Disbursed(bytes32 indexed line, address indexed to, address asset, uint256 amount, bytes32 purpose, bytes32 record);
    event PaymentRefused(bytes32 indexed line, address indexed to, address asset, uint256 amount);
    event Returned(address indexed holder, address indexed asset, uint256 stake, uint256 amount);
    event Posted(uint256 indexed index, address indexed asset, uint8 debit, uint8 credit, uint256 amount, bytes32 ref);
    event Voiced(address indexed contributor, address indexed recipient, uint256 value);
    event RecipientRegistered(address indexed recipient, bytes32 record);
    event RecipientReviewed(address indexed recipient, bool accepted);
    error WrongPhase(uint8 phase, uint8 needed);
    error NotSteward(address caller);
    error NotReviewer(address caller);
    error OfficeVacant();
    error AssetDecimals(uint8 decimals, uint8 max);
    error CurrencyCount(uint256 count, uint256 max);
    error CurrencyInvalid(address asset);
    error CurrencyNotListed(address asset);
    error FundingDeadlineInvalid(uint64 fundingDeadline);
    error EpochInvalid(uint64 epochSeconds);
    error CapsInvalid(uint256 softCap, uint256 hardCap);
    error PlanEmpty();
    error FundingOver(uint64 fundingDeadline);
    error FundingNotOver(uint64 fundingDeadline);
    error AmountZero();
    error AmountTooSmall(uint256 assets);
    error ExceedsHardCap(uint256 value, uint256 left);
    error AssetsNotReceived(uint256 received, uint256 assets);
    error NoMatching();
    error NotAccepted(address recipient);
    error NotInDomain(address contributor, bytes32 domain);
    error NotTransferable();
    error LineSettled(uint256 id);
    error LineNotReleased(uint256 id);
    error NotOpenYet(uint256 id, uint64 opensAt);
    error DeadlinePassed(uint256 id, uint64 deadline);
    error ConditionNotMet(uint256 id);
    error ConditionFailed(uint256 id);
    error NoRecipients(uint256 id);
    error NothingToPay(address to);
    error EpochSpent(address asset, uint256 cap, uint64 next);
    error TooManyPayments(uint256 count, uint256 max);
    error LineOpen(uint256 id, uint64 deadline);
    error NothingToWithdraw(address holder);
    error TooManyLines(uint256 max);
    error UnknownLine(uint256 id, uint256 count);
    error SplitInvalid(uint8 split);
    error SecondMatching();
    error ShareInvalid(uint256 share, uint256 left);
    error LinePayeeCount(uint256 count, uint256 max);
    error LinePayeeInvalid(address payee);
    error LineDeadlineInvalid(uint64 deadline);
    error LineConditionMissing();
    error LineConditionTooLong(uint256 size, uint256 max);
    error NotReviewable(address recipient, uint8 status);
    error AlreadyAccepted(address recipient);
    error TooManyRecipients(uint256 max);
    error UnknownRecipient(uint256 index, uint256 count);
    error UnknownEntry(uint256 index, uint256 count);
    error InsufficientGas(uint256 available, uint256 needed);
    error SafeERC20FailedOperation(address token);
    error InvalidAnswer(address target, bytes4 selector);
    error ReentrancyGuardReentrantCall();
}
