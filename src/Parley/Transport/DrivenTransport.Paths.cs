using System.Net;
using System.Net.Sockets;
using Parley.Net;
using Parley.Sdp;
using Parley.Transport;

namespace Parley;

// Sockets, and names that are looked up.
internal sealed partial class DrivenTransport
{
    /// <summary>The largest datagram that is tried where none is cut into fragments.</summary>
    private const int LargestDatagram = 65_507;

    /// <summary>Names of remote candidates that are looked up at a time.</summary>
    private const int MaxResolving = 16;

    /// <summary>
    /// Gives it a remote candidate, resolving its name first if it has one. Names of mDNS alone: with others a peer could have this machine
    /// ask any name server for anything. RFC 8839 §5.1 has candidates with an FQDN ignored.
    /// </summary>
    /// <returns>The order, when the address is there already; null: it comes later, or never.</returns>
    public TransportOrder? AddRemoteCandidate(CandidateAttribute candidate, string? ufrag)
    {
        if (candidate.Component != 1 || !candidate.Transport.Equals("udp", StringComparison.OrdinalIgnoreCase) || candidate.Port == 0)
        {
            ConnectionLog.CandidateIgnored(_logger, "it is not a UDP candidate of component 1");
        }
        else if (IPAddress.TryParse(candidate.Address, out var address))
        {
            return new TransportOrder.AddRemoteCandidate(candidate, address, ufrag);
        }
        else if (!candidate.Address.EndsWith(".local", StringComparison.OrdinalIgnoreCase))
        {
            ConnectionLog.CandidateIgnored(_logger, "its host name is not one of mDNS");
        }
        else if (Interlocked.Increment(ref _resolving) > MaxResolving)
        {
            Interlocked.Decrement(ref _resolving);
            ConnectionLog.CandidateIgnored(_logger, "too many names are being looked up");
        }
        else
        {
            _ = ResolveAsync(candidate, ufrag);
        }

        return null;
    }

    /// <summary>Binds a socket for each local address that has none, or joins the shared port.</summary>
    private void AddLocalPaths(Instant now)
    {
        if (_port is null)
        {
            BindSockets(now);
        }
        else if (_member is null)
        {
            JoinPort(_port, now);
        }

        Core.CompleteLocalPaths(now);
    }

    private void BindSockets(Instant now)
    {
        foreach (var address in _network.LocalAddresses)
        {
            if (address.Address.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
                || _sockets.Exists(socket => socket.LocalAddress.HasSameAddress(new TransportAddress(address.Address, 0))))
            {
                continue;
            }

            try
            {
                var socket = _network.Bind(new TransportAddress(address.Address, 0));
                _sockets.Add(socket);
                Core.AddLocalPath(PathOf(socket, PathKind.Socket, address.InterfaceKind), now);
            }
            catch (SocketException error)
            {
                ConnectionLog.BindFailed(_logger, address.InterfaceKind.ToString(), error.SocketErrorCode.ToString());
            }
        }
    }

    private void JoinPort(SharedUdpPort port, Instant now)
    {
        _member = port.Join();
        if (_member is null)
        {
            ConnectionLog.BindFailed(_logger, "shared", "full or closed");
            return;
        }

        foreach (var socket in _member.Sockets)
        {
            _sockets.Add(socket);
            Core.AddLocalPath(PathOf(socket, PathKind.SharedPort, socket.InterfaceKind) with { TransactionTag = _member.Tag }, now);
        }
    }

    private static LocalPath PathOf(IDatagramSocket socket, PathKind kind, NetworkInterfaceKind @interface) =>
        new(kind, socket.LocalAddress, @interface) { MaxDatagramSize = socket.DontFragment ? LargestDatagram : 0 };

    private IDatagramSocket? SocketOf(LocalPath path)
    {
        foreach (var socket in _sockets)
        {
            if (socket.LocalAddress == path.Address)
            {
                return socket;
            }
        }

        return null;
    }

    private async Task LookUpAsync(ServerLookup lookup)
    {
        IReadOnlyList<IPAddress> addresses = [];
        try
        {
            addresses = await _network.ResolveAsync(lookup.Server.Host).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            ConnectionLog.CandidateIgnored(_logger, error.Message);
        }

        Post(new TransportOrder.CompleteLookup(lookup, addresses));
    }

    private async Task ResolveAsync(CandidateAttribute candidate, string? ufrag)
    {
        try
        {
            foreach (var address in await _network.ResolveAsync(candidate.Address).ConfigureAwait(false))
            {
                Post(new TransportOrder.AddRemoteCandidate(candidate, address, ufrag));
            }
        }
        catch (Exception error)
        {
            ConnectionLog.CandidateIgnored(_logger, error.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _resolving);
        }
    }
}
