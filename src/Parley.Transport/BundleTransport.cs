using Microsoft.Extensions.Logging;
using Parley.Dtls;
using Parley.Ice;
using Parley.Net;
using Parley.Rtp;
using Parley.Sctp;

namespace Parley.Transport;

/// <summary>
/// ICE, DTLS, SRTP, RTP and SCTP of one bundle group (RFC 9143), stacked (RFC 7983 tells their packets apart), without I/O.
/// </summary>
/// <remarks>
/// <para>Negotiation has one command: <see cref="Apply"/>. The driver's inputs: <see cref="AddLocalPath"/>,
/// <see cref="CompleteLocalPaths"/>, <see cref="CompleteLookup"/>, <see cref="OnPacketTooLarge"/>. Signaling's:
/// <see cref="AddRemoteCandidate"/>, <see cref="SetRemoteEndOfCandidates"/>. The application's: <see cref="OpenChannel"/>,
/// <see cref="Send"/>, <see cref="CloseChannel"/>, <see cref="SendFrame"/>, <see cref="SendTone"/>, <see cref="RequestKeyFrame"/>. The end:
/// <see cref="Close"/>.</para>
/// <para>After each of them, and after <see cref="Receive"/>, <see cref="Transmit"/> and <see cref="Advance"/>, read <see cref="TryRead"/>
/// until it says no: so events come in the order in which they happened. Then send what <see cref="Transmit"/> gives, and wait for
/// datagrams or for <see cref="Deadline"/>.</para>
/// <para>Any order of calls is safe; all of them come from one loop. No datagram makes it throw.</para>
/// </remarks>
public sealed partial class BundleTransport
{
    /// <summary>The room that a packet of ICE, DTLS or RTP needs, in bytes.</summary>
    internal const int MaxPacket = 1500;

    private readonly RandomSource _random;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly Queue<TransportEvent> _events = new();
    private readonly MediaLayer _media;
    private readonly DataLayer _data;
    private TransportPlan _plan;
    private bool _isClosed;

    /// <summary>It is closed, and all has been said.</summary>
    private bool _isSilent;

    /// <summary>Makes a transport that has done nothing yet.</summary>
    /// <param name="options">What it is made of.</param>
    /// <param name="random">Where all random numbers come from but those of long-term keys.</param>
    /// <param name="loggers">What operators read.</param>
    public BundleTransport(TransportOptions options, RandomSource random, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(loggers);
        _random = random;
        _loggers = loggers;
        _logger = loggers.CreateLogger<BundleTransport>();
        _plan = new TransportPlan(options.Local);
        _localUfrag = options.Local.Credentials.UsernameFragment;
        _ice = new IceAgent(new IceAgentOptions { LocalCredentials = options.Local.Credentials }, random, loggers.CreateLogger<IceAgent>());
        _media = new MediaLayer(options, random, loggers.CreateLogger<RtpSession>());
        _data = new DataLayer(random, loggers);
    }

    /// <summary>The plan in force: the one applied last.</summary>
    public TransportPlan Plan => _plan;

    /// <summary>Whether <see cref="Close"/> was called. What is left to say is still sent; nothing is received.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>
    /// When to call <see cref="Advance"/> at the latest; null: nothing is due. What could not be sent now, between two paths or
    /// associations, waits without a time.
    /// </summary>
    public Instant? Deadline => _isClosed
        ? null
        : Instant.Earliest(
            Instant.Earliest(_ice.Deadline, _dtls?.Deadline),
            _ice.SelectedPair is null ? null : Instant.Earliest(_media.Deadline, _data.Deadline));

    /// <summary>
    /// Takes datagrams that came in by one local end, told apart by their first bytes (RFC 7983), until something may be there to read.
    /// </summary>
    /// <param name="batch">The datagrams. They are changed: what is decrypted is so in place.</param>
    /// <param name="start"> The first of them to take: 0, then what the call before returned, until all of the batch are taken. Another
    /// batch may come only then. </param>
    /// <param name="local">The <see cref="LocalPath.Address"/> they came in by.</param>
    /// <param name="now">The present.</param>
    /// <returns>The first that was not taken: after reading, go on with it. The batch's count: all were.</returns>
    public int Receive(DatagramBatch batch, int start, TransportAddress local, Instant now)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var next = start;
        _media.DropOpenedUnless(batch, start);
        while (next < batch.Count && !_isClosed)
        {
            next = _media.Gathered > 0 ? _media.ReceiveOpened(batch, now) : ReceiveRun(batch, next, local, now);
            if (_events.Count > 0 || _data.IsUnread || _media.IsUnread)
            {
                return next;
            }
        }

        return batch.Count;
    }

    /// <summary>Writes what shall be sent next, all of it by one path, in place of what the batch held.</summary>
    /// <param name="batch">The batch; each datagram begins with the path's headroom.</param>
    /// <param name="now">The present.</param>
    /// <param name="path">By which local end to send, and to which address; the batch says the address for each datagram too.</param>
    /// <returns>How many datagrams there are; 0: nothing is to be sent now.</returns>
    public int Transmit(DatagramBatch batch, Instant now, out Path path)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Clear();
        path = default;
        if (!_isSilent && !TransmitIce(batch, now, out path))
        {
            TransmitBySelectedPair(batch, now, ref path);
            _isSilent = _isClosed && batch.Count == 0;
        }

        return batch.Count;
    }

    /// <summary>Time has passed.</summary>
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

        _data.Advance(now);
        _media.Advance(now);
        Settle(now);
    }

    /// <summary>What happened next; a frame or payload read before is no longer valid.</summary>
    /// <returns>False: there is nothing more.</returns>
    public bool TryRead(out TransportEvent happened) =>
        _events.TryDequeue(out happened) || _data.TryRead(out happened) || _media.TryRead(out happened);

    /// <summary>
    /// Ends all that goes through it: <see cref="Transmit"/> gives the last packets, among them a BYE for each stream, SCTP's ABORT and
    /// DTLS's close_notify; then nothing more.
    /// </summary>
    public void Close(Instant now)
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        _data.Abort(now);
        _media.EndStreams(now);
        if (_ice.SelectedPair is null)
        {
            _dtls?.Close(now);
        }
    }

    /// <summary>
    /// Gives back what the transport holds, keys above all. Only <see cref="Plan"/> and <see cref="IsClosed"/> may be asked afterwards.
    /// </summary>
    public void Release()
    {
        _isClosed = _isSilent = true;
        _dtls?.Dispose();
        _media.ForgetKeys();
        _data.Release();
    }

    private void TransmitBySelectedPair(DatagramBatch batch, Instant now, ref Path path)
    {
        if (_ice.SelectedPair is not { } pair || FindPath(pair.LocalAddress) is not { } local)
        {
            return;
        }

        path = new Path(local, pair.RemoteAddress);
        Fill(batch, path, now);
        if (_isClosed && _dtls is { State: not DtlsState.Closed })
        {
            // The last packets, and the alert that ends the association, leave together.
            _dtls.Close(now);
            Fill(batch, path, now);
        }

        for (var i = 0; i < batch.Count; i++)
        {
            pair.CountSent(batch.Length(i) - local.Headroom, now);
        }

        Settle(now);
    }

    private int ReceiveRun(DatagramBatch batch, int start, TransportAddress local, Instant now)
    {
        var next = start;
        while (next < batch.Count && _media.Gathered < DatagramBatch.DefaultCapacity && IsMedia(batch.Datagram(next)))
        {
            // Nothing but STUN is taken from a path that has not passed a check.
            if (_ice.IsValidatedRemote(local, batch.Remote(next), out var pair))
            {
                pair?.CountReceived(batch.Length(next), now);
                _media.Gather(batch, next);
            }
            else
            {
                _ice.NoticeStranger(local, batch.Remote(next), now);
            }

            next++;
        }

        if (next > start)
        {
            _media.Open(batch, next, _ice.SelectedPair?.CurrentRoundTripTime, now);
            Settle(now);
            return _media.ReceiveOpened(batch, now);
        }

        if (batch.Datagram(next) is { IsEmpty: false } datagram)
        {
            ReceiveOther(datagram, local, batch.Remote(next), now);
            Settle(now);
        }

        return next + 1;
    }

    private void ReceiveOther(Span<byte> datagram, TransportAddress local, TransportAddress remote, Instant now)
    {
        if (datagram[0] <= 3)
        {
            ReceiveStun(datagram, local, remote, now);
        }
        else if (_ice.IsValidatedRemote(local, remote, out var pair))
        {
            pair?.CountReceived(datagram.Length, now);
            if (datagram[0] is >= 20 and <= 63 && (pair is null || pair.GenerationNumber >= _firstGeneration))
            {
                ReceiveDtls(datagram, now);
            }
        }
        else
        {
            _ice.NoticeStranger(local, remote, now);
        }
    }

    /// <summary>Fills the batch: handshake first, then media, then data; each packet is made and sealed where it leaves from.</summary>
    private void Fill(DatagramBatch batch, in Path path, Instant now)
    {
        FillWithDtls(batch, path, now);
        _media.Fill(batch, path, now);
        if (_dtls is not null)
        {
            _data.Fill(batch, path, _dtls, now);
        }
    }

    /// <summary>What one core says that another must know, and what of it is to be read.</summary>
    private void Settle(Instant now)
    {
        SettleIce(now);
        SettleDtls(now);
        _data.SendWaiting(now);
    }

    private static bool IsMedia(ReadOnlySpan<byte> datagram) => datagram is [>= 128 and <= 191, ..];
}
