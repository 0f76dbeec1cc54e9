using Parley.Net;

namespace Parley;

// A transport whose sockets are those of a port that it shares with others.
internal sealed partial class TransportStack
{
    private PortMember? _member;

    private void JoinPort(SharedUdpPort port, Instant now)
    {
        _member = port.Join();
        if (_member is null)
        {
            ConnectionLog.BindFailed(_logger, "shared", "full or closed");
            return;
        }

        _ice.TransactionTag = _member.Tag;
        TellFragments();
        foreach (var socket in _member.Sockets)
        {
            _sockets.Add(socket);
            _ice.AddLocalAddress(socket.LocalAddress, socket.InterfaceKind, now);
        }
    }

    /// <summary>A restart began, was taken back or came to its end: checks come under other fragments.</summary>
    private void TellFragments() => _member?.SetFragments(_ice.HeardUsernameFragments);

    /// <summary>STUN came in: where it came from may be the peer's address now.</summary>
    private void ClaimRemote(TransportAddress local, TransportAddress remote, Instant now)
    {
        if (_member is not null && _ice.IsValidatedRemote(local, remote, out var pair))
        {
            _member.Claim(remote, isProved: pair?.LastResponseAt == now, now);
        }
    }

    private void LeavePort()
    {
        _member?.Leave();
        _member = null;
    }
}
