using Parley.Net;

namespace Parley.Ice;

/// <summary>
/// A check that came, and was answered, before the peer's credentials: RFC 8445 §7.3 has the agent act on it once it can.
/// </summary>
/// <param name="Base">Where it came in.</param>
/// <param name="Remote">Where it came from.</param>
/// <param name="Priority">Its PRIORITY.</param>
/// <param name="Nominates">Whether it carried USE-CANDIDATE.</param>
/// <param name="UsernameFragment">The ufrag the peer gave itself.</param>
internal sealed record EarlyCheck(LocalBase Base, TransportAddress Remote, uint Priority, bool Nominates, string UsernameFragment);
