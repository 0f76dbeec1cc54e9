using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Parley.Dtls;
using Parley.Ice;
using Parley.Net;
using Parley.Rtp;
using Parley.Sctp;
using Parley.Sdp;
using Parley.Srtp;

namespace Parley;

/// <summary>
/// ICE, DTLS, SRTP, RTP and SCTP of one transport, stacked (RFC 7983 tells their packets apart). Only the connection's loop
/// touches it; what the user shall see goes to the connection's event queue.
/// </summary>
internal sealed partial class TransportStack
{
    private const int MaxDatagram = 1500;

    /// <summary>A handshake message of the peer's may overtake its answer: a few datagrams are kept until the role is known.</summary>
    private const int MaxEarlyDatagrams = 8;

    private readonly PeerConnection _connection;
    private readonly PeerTransport _transport;
    private readonly Platform _platform;
    private readonly ILogger _logger;
    private readonly IceAgent _ice;
    private readonly List<IDatagramSocket> _sockets = [];
    private readonly List<byte[]> _earlyDatagrams = [];
    private DtlsEndpoint? _dtls;
    private SrtpContext? _srtpOut, _srtpIn;
    private DatagramBatch? _unsent;
    private IDatagramSocket? _unsentSocket;
    private int _unsentFrom;
    private string _localUfrag;
    private string? _previousUfrag;
    private int _gatheringPhase;

    public TransportStack(PeerConnection connection, PeerTransport transport, IceCredentials credentials)
    {
        _connection = connection;
        _transport = transport;
        _platform = connection.Platform;
        _logger = connection.LoggerFactory.CreateLogger<TransportStack>();
        _localUfrag = credentials.UsernameFragment;
        _ice = new IceAgent(
            new IceAgentOptions
            {
                LocalCredentials = credentials,
            },
            _platform.Random,
            connection.LoggerFactory.CreateLogger<IceAgent>());
        _rtp = CreateRtpSession();
    }

    public IReadOnlyList<IDatagramSocket> Sockets => _sockets;

    /// <summary>Whether it has been closed and left nothing to send.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Whether datagrams wait for room in a socket.</summary>
    public bool HasUnsent => _unsent is not null;

    public bool HasSctp => _data is not null;

    /// <summary>
    /// When to call <see cref="Advance"/> at the latest. What could not be sent now, between two paths or associations, waits without a
    /// time.
    /// </summary>
    public Instant? Deadline => Instant.Earliest(
        Instant.Earliest(_ice.Deadline, _dtls?.Deadline),
        _ice.SelectedPair is null ? null : Instant.Earliest(_srtpOut is null ? null : _rtp.Deadline, _association?.Deadline));

    public void SetIceRole(bool controlling) => _ice.Role = controlling ? Ice.IceRole.Controlling : Ice.IceRole.Controlled;

    public void Restart(IceCredentials credentials, Instant now)
    {
        _previousUfrag = _localUfrag;
        _localUfrag = credentials.UsernameFragment;

        // webrtc-pc §4.4.1.6: new servers and a new policy count from the next gathering phase on.
        _ice.RemoveStunServers();
        _ice.TransportPolicy = TransportPolicy;
        _ice.HoldGathering();
        _ice.Restart(credentials, now);
        TellFragments();
        if (_connection.GetConfiguration().SharedPort is null)
        {
            // The machine may be in another network by now.
            BindSockets(now);
        }

        _ice.StartGathering(now);
        AddStunServers(now);
    }

    public void RollBackRestart(Instant now)
    {
        if (_previousUfrag is { } previous)
        {
            _localUfrag = previous;
            _previousUfrag = null;
            _ice.RollBackRestart(now);
            TellFragments();
        }
    }

    public void SetRemoteCredentials(IceCredentials credentials, bool isLite, bool replaces, Instant now)
    {
        _previousUfrag = null;
        if (replaces)
        {
            _ice.ReplaceRemote(credentials, isLite, now);
        }
        else
        {
            _ice.SetRemoteCredentials(credentials, isLite, now);
        }
    }

    public void AddRemoteCandidate(CandidateAttribute candidate, IPAddress address, string? ufrag, Instant now)
    {
        if (candidate.Component != 1 || !candidate.Transport.Equals("udp", StringComparison.OrdinalIgnoreCase) || candidate.Port == 0)
        {
            ConnectionLog.CandidateIgnored(_logger, "it is not a UDP candidate of component 1");
            return;
        }

        _ice.AddRemoteCandidate(CandidateConversion.ToIce(candidate, address, ufrag), now);
    }

    public void SetRemoteEndOfCandidates(Instant now) => _ice.SetRemoteEndOfCandidates(now);

    public void StartDtls(Dtls.DtlsRole role, IReadOnlyList<CertificateFingerprint> fingerprints, bool isNew, Instant now)
    {
        if (isNew && _dtls is not null)
        {
            TearDownDtls();
        }

        if (_dtls is not null)
        {
            _dtls.SetRemoteFingerprints(fingerprints);
            return;
        }

        var certificates = _connection.Certificates;
        _dtls = new DtlsEndpoint(
            new DtlsOptions
            {
                Role = role,
                Certificate = certificates[0],
                AlternativeCertificates = [.. certificates.Skip(1)],
                RemoteFingerprints = fingerprints,
                SrtpProfiles = [.. SupportedProfiles.Select(profile => (ushort)profile)],
            },
            _platform.Random,
            _connection.LoggerFactory.CreateLogger<DtlsEndpoint>());
        StartHandshakeIfPossible(now);
        foreach (var datagram in _earlyDatagrams)
        {
            ReceiveDtls(datagram, now);
        }

        _earlyDatagrams.Clear();
    }

    /// <summary>
    /// RFC 9429 §5.11: "tear down the DTLS connection". Nothing is said on the wire: where the old peer was, a new one may be that takes a
    /// close_notify for its own.
    /// </summary>
    private void TearDownDtls()
    {
        _dtls!.Dispose();
        _srtpIn?.Dispose();
        _srtpOut?.Dispose();
        (_dtls, _srtpIn, _srtpOut) = (null, null, null);
        _earlyDatagrams.Clear();
        _isConnectingTold = false;
        _timedPath = null;
        _firstGeneration = _ice.Generation;
        _connection.OnDtlsChanged(_transport, DtlsTransportState.New, [], null);
    }

    /// <summary>Says goodbye, gives the sockets back and is gone.</summary>
    public void Close(Instant now)
    {
        var batch = DatagramBatchPool.Rent();
        Shut(batch, now);
        DatagramBatchPool.Return(batch);
    }

    public void Shut(DatagramBatch batch, Instant now)
    {
        if (IsGone)
        {
            return;
        }

        IsGone = true;
        _association?.Abort("closed", now);
        CloseRtp(now);
        SayGoodbye(batch, now);
        LeavePort();
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }

        _sockets.Clear();
        if (_unsent is not null)
        {
            DatagramBatchPool.Return(_unsent);
            _unsent = null;
        }

        _dtls?.Dispose();
        _srtpIn?.Dispose();
        _srtpOut?.Dispose();
        _association?.Dispose();
    }

    public void Advance(Instant now)
    {
        if (_ice.Deadline <= now)
        {
            _ice.Advance(now);
        }

        if (_dtls?.Deadline <= now)
        {
            _dtls.Advance(now);
        }

        if (_association?.Deadline <= now)
        {
            _association.Advance(now);
        }

        if (_rtp.Deadline <= now)
        {
            _rtp.Advance(now);
        }
    }

    /// <summary>Datagrams in, told apart by their first bytes (RFC 7983). Those of SRTP in a row are opened together.</summary>
    public void Receive(DatagramBatch batch, TransportAddress local, Instant now)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            var datagram = batch.Datagram(i);
            if (datagram.IsEmpty || IsGone)
            {
                continue;
            }

            var first = datagram[0];
            if (first is >= 128 and <= 191)
            {
                // Nothing but STUN is taken from a path that has not passed a check.
                if (_ice.IsValidatedRemote(local, batch.Remote(i), out var path))
                {
                    path?.CountReceived(datagram.Length, now);
                    GatherSrtp(batch.Offset(i), datagram.Length);
                }
                else
                {
                    _ice.NoticeStranger(local, batch.Remote(i), now);
                }

                continue;
            }

            ReceiveGathered(batch, now);
            Receive(datagram, first, local, batch.Remote(i), now);
            PumpEvents(now);
        }

        ReceiveGathered(batch, now);
    }

    private void Receive(Span<byte> datagram, byte first, TransportAddress local, TransportAddress remote, Instant now)
    {
        if (first <= 3)
        {
            _ice.Receive(datagram, local, remote, now);
            ClaimRemote(local, remote, now);
        }
        else if (_ice.IsValidatedRemote(local, remote, out var pair))
        {
            pair?.CountReceived(datagram.Length, now);
            if (first is >= 20 and <= 63 && (pair is null || pair.GenerationNumber >= _firstGeneration))
            {
                ReceiveDtls(datagram, now);
            }
        }
        else
        {
            _ice.NoticeStranger(local, remote, now);
        }
    }

    /// <summary>
    /// Everything the cores want sent, in batches; true when there is still more. What a packet's making lets the user see is told before
    /// the packet leaves: whoever waits for both, here and at the peer, finds them in this order.
    /// </summary>
    public bool Transmit(DatagramBatch batch, Instant now, int rounds)
    {
        if (!FlushUnsent())
        {
            return false;
        }

        TransmitIce(batch, now);
        if (_ice.SelectedPair is not { } pair || SocketOf(pair.LocalAddress) is not { } socket)
        {
            return false;
        }

        for (var round = 0; round < rounds; round++)
        {
            batch.Clear();
            FillBatch(batch, pair.RemoteAddress, now);
            if (batch.Count == 0)
            {
                return false;
            }

            PumpEvents(now);
            CountSent(pair, batch, now);
            if (!Send(socket, batch, now))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Binds a socket for each local address, or joins the shared port, and begins to gather.</summary>
    public void StartGathering(Instant now)
    {
        _ice.TransportPolicy = TransportPolicy;
        if (_connection.GetConfiguration().SharedPort is { } port)
        {
            JoinPort(port, now);
        }
        else
        {
            BindSockets(now);
        }

        _ice.HoldGathering();
        _ice.StartGathering(now);
        AddStunServers(now);
    }

    private Ice.IceTransportPolicy TransportPolicy =>
        _connection.GetConfiguration().IceTransportPolicy == IceTransportPolicy.Relay
            ? Ice.IceTransportPolicy.Relay
            : Ice.IceTransportPolicy.All;

    /// <summary>Binds a socket for each local address that has none.</summary>
    private void BindSockets(Instant now)
    {
        foreach (var address in _platform.Network.LocalAddresses)
        {
            if (address.Address.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
                || _sockets.Exists(socket => socket.LocalAddress.HasSameAddress(new TransportAddress(address.Address, 0))))
            {
                continue;
            }

            try
            {
                var socket = _platform.Network.Bind(new TransportAddress(address.Address, 0));
                _sockets.Add(socket);
                _ice.AddLocalAddress(socket.LocalAddress, address.InterfaceKind, now);
            }
            catch (SocketException error)
            {
                ConnectionLog.BindFailed(_logger, address.InterfaceKind.ToString(), error.SocketErrorCode.ToString());
            }
        }
    }

    /// <summary>
    /// Gives the agent the servers of the configuration, once it gathers, and releases the hold that it was told to wait by.
    /// </summary>
    private void AddStunServers(Instant now)
    {
        var phase = ++_gatheringPhase;
        var servers = _connection.GetConfiguration().IceServers.Take(IceServerUrl.MaxServers);
        foreach (var url in servers.SelectMany(server => server.Urls).Select(IceServerUrl.Parse))
        {
            if (url is not { IsTurn: false, IsSecure: false })
            {
                TellUnreachable(url, "This kind of server is not spoken to.", now);
            }
            else if (IPAddress.TryParse(url.Host, out var address))
            {
                _ice.AddStunServer(new TransportAddress(address, url.Port), url.Text);
            }
            else
            {
                _ice.HoldGathering();
                _ = ResolveServerAsync(url, phase);
            }
        }

        _ice.ReleaseGathering(now);
    }

    private void TellUnreachable(IceServerUrl url, string text, Instant now)
    {
        // That gathering has begun is told first.
        PumpEvents(now);
        _connection.OnCandidateError(
            _transport,
            new IceCandidateErrorEventArgs { Url = url.Text, ErrorCode = IceCandidateErrorEventArgs.Unreachable, ErrorText = text });
    }

    private async Task ResolveServerAsync(IceServerUrl url, int phase)
    {
        IReadOnlyList<IPAddress> addresses = [];
        try
        {
            addresses = await _platform.Network.ResolveAsync(url.Host).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            ConnectionLog.CandidateIgnored(_logger, error.Message);
        }

        _connection.Loop.Post(this, (stack, now) =>
        {
            // The servers of an earlier gathering phase may have been replaced meanwhile.
            if (phase == stack._gatheringPhase)
            {
                stack.AddResolved(url, addresses, now);
            }

            stack._ice.ReleaseGathering(now);
        });
    }

    private void AddResolved(IceServerUrl url, IReadOnlyList<IPAddress> addresses, Instant now)
    {
        if (addresses.Count == 0)
        {
            TellUnreachable(url, "The server's name could not be resolved.", now);
        }

        foreach (var address in addresses)
        {
            _ice.AddStunServer(new TransportAddress(address, url.Port), url.Text);
        }
    }

    private void TransmitIce(DatagramBatch batch, Instant now)
    {
        while (true)
        {
            batch.Clear();
            var length = _ice.Transmit(batch.Reserve(MaxDatagram), now, out var local, out var remote);
            if (length == 0)
            {
                return;
            }

            PumpEvents(now);
            if (SocketOf(local) is { } socket)
            {
                batch.Commit(length, remote);
                socket.Send(batch);
            }
        }
    }

    /// <summary>Fills the batch: handshake first, then media, then data; each packet is made and sealed where it leaves from.</summary>
    private void FillBatch(DatagramBatch batch, TransportAddress remote, Instant now)
    {
        while (_dtls is not null && batch.Reserve(MaxDatagram) is { IsEmpty: false } room)
        {
            var length = _dtls.Transmit(room, now);
            if (length == 0)
            {
                break;
            }

            batch.Commit(length, remote);
        }

        FillWithRtp(batch, remote, now);
        FillWithSctp(batch, remote, now);
    }

    // The last packets, and the alert that ends the association, leave together.
    private void SayGoodbye(DatagramBatch batch, Instant now)
    {
        var mayLeave = FlushUnsent();
        if (mayLeave)
        {
            TransmitIce(batch, now);
        }

        if (!mayLeave || _ice.SelectedPair is not { } pair || SocketOf(pair.LocalAddress) is not { } socket)
        {
            _dtls?.Close(now);
            return;
        }

        batch.Clear();
        FillBatch(batch, pair.RemoteAddress, now);
        _dtls?.Close(now);
        FillBatch(batch, pair.RemoteAddress, now);
        if (batch.Count > 0)
        {
            CountSent(pair, batch, now);
            Send(socket, batch, now);
        }

        // What had no room in the batch, be it the alert.
        Transmit(batch, now, 1);
    }

    private static void CountSent(Ice.IceCandidatePair pair, DatagramBatch batch, Instant now)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            pair.CountSent(batch.Length(i), now);
        }
    }

    private bool Send(IDatagramSocket socket, DatagramBatch batch, Instant now)
    {
        var sent = socket.Send(batch);
        OnSent(socket, now);
        if (sent == batch.Count)
        {
            return true;
        }

        // The socket is full: what is left waits in a batch of its own for the next turn.
        _unsent = DatagramBatchPool.Rent();
        _unsentSocket = socket;
        _unsentFrom = 0;
        for (var i = sent; i < batch.Count; i++)
        {
            _unsent.TryAdd(batch.Datagram(i), batch.Remote(i), batch.Ecn(i));
        }

        return false;
    }

    private bool FlushUnsent()
    {
        if (_unsent is null)
        {
            return true;
        }

        _unsentFrom += _unsentSocket!.Send(_unsent, _unsentFrom);
        if (_unsentFrom < _unsent.Count)
        {
            return false;
        }

        DatagramBatchPool.Return(_unsent);
        _unsent = null;
        return true;
    }

    private IDatagramSocket? SocketOf(TransportAddress local) => _sockets.Find(socket => socket.LocalAddress == local);
}
