using Parley.Net;
using Parley.Stun;

namespace Parley.Ice;

/// <summary>A response waiting to be written.</summary>
/// <param name="Local">The base to send from.</param>
/// <param name="Remote">Where the request came from, and what XOR-MAPPED-ADDRESS says.</param>
/// <param name="TransactionId">The request's id.</param>
/// <param name="ErrorCode">0 for success.</param>
/// <param name="Key">The key of MESSAGE-INTEGRITY; null for a refusal without one.</param>
/// <param name="Unknown">For 420: the first attribute type not understood.</param>
internal readonly record struct PendingResponse(
    TransportAddress Local, TransportAddress Remote, TransactionId TransactionId, int ErrorCode, byte[]? Key, StunAttributeType Unknown);
