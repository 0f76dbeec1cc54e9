using System.Buffers.Binary;
using System.Text;
using Microsoft.Extensions.Logging;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// RFC 9260 §9: in order by SHUTDOWN, at once by ABORT.
public sealed partial class SctpAssociation
{
    private const int MaxReasonBytes = 256;
    private ProtocolTimer _t2;
    private bool _sendShutdown;
    private bool _sendShutdownAck;

    /// <summary>Ends the association once everything queued is acknowledged (§9.2). Nothing more is taken by <see cref="Send"/>.</summary>
    public void Shutdown(Instant now)
    {
        switch (State)
        {
            case SctpState.CookieWait or SctpState.CookieEchoed:
                Abort("shut down before it was connected", now);
                break;
            case SctpState.Established:
                State = SctpState.ShutdownPending;
                ShutdownWhenDrained();
                break;
        }
    }

    /// <summary>
    /// Ends the association at once: <see cref="Transmit"/> then writes one ABORT (§9.1). What is queued is lost; what was received can
    /// still be read.
    /// </summary>
    /// <param name="reason">Told to the peer, up to 256 bytes of UTF-8.</param>
    /// <param name="now">The present instant.</param>
    public void Abort(string reason, Instant now)
    {
        ArgumentNullException.ThrowIfNull(reason);
        _ = now;
        AbortWith(ErrorCauseCode.UserInitiatedAbort, SctpFailure.Aborted, reason);
    }

    private void Violate(string what) => AbortWith(ErrorCauseCode.ProtocolViolation, SctpFailure.ProtocolViolation, what);

    private void AbortWith(ErrorCauseCode code, SctpFailure failure, string reason)
    {
        if (_hasEnded)
        {
            return;
        }

        if (_peerTag != 0)
        {
            Span<byte> cause = stackalloc byte[4 + MaxReasonBytes];
            Encoding.UTF8.TryGetBytes(reason, cause[4..], out var length);
            BinaryPrimitives.WriteUInt16BigEndian(cause, (ushort)code);
            BinaryPrimitives.WriteUInt16BigEndian(cause[2..], (ushort)(4 + length));
            SendAlone(ChunkType.Abort, 0, cause[..(4 + length)], _peerTag);
        }

        Fail(failure, reason, (int)code);
    }

    private void Fail(SctpFailure failure, string reason, int? causeCode = null)
    {
        if (_hasEnded)
        {
            return;
        }

        // An abort by either side's user is how a connection is closed (webrtc-pc §4.4.2, close): no reason to call anybody.
        _logger.Failed(failure is SctpFailure.Aborted or SctpFailure.AbortedByPeer ? LogLevel.Debug : LogLevel.Warning, failure, reason);
        End();
        _events.Enqueue(new PendingEvent { Kind = SctpEventKind.Failed, Ending = new SctpEnding(failure, reason, causeCode) });
    }

    private void Close()
    {
        _logger.Closed();
        End();
        _events.Enqueue(new PendingEvent { Kind = SctpEventKind.Closed });
    }

    private void End()
    {
        State = SctpState.Closed;
        _hasEnded = true;
        StopTimers();
        _sendInit = _sendCookieEcho = _sendCookieAck = _sendShutdown = _sendShutdownAck = _sendForwardTsn = _sendHeartbeat = false;
        _sack = SackState.None;
        _controlLength = 0;
        _snapshots.Clear();
    }

    private void OnAbort(ReadOnlySpan<byte> causes) =>
        Fail(SctpFailure.AbortedByPeer, ErrorCause.Describe(causes), (int?)ErrorCause.First(causes));

    // §9.2, from the sender of the SHUTDOWN to the end.
    private void ShutdownWhenDrained()
    {
        if (!IsDrained)
        {
            return;
        }

        if (State == SctpState.ShutdownPending)
        {
            State = SctpState.ShutdownSent;
            _sendShutdown = true;
        }
        else if (State == SctpState.ShutdownReceived)
        {
            State = SctpState.ShutdownAckSent;
            _sendShutdownAck = true;
        }
    }

    private void OnShutdown(ReadOnlySpan<byte> value, Instant now)
    {
        if (value.Length < 4)
        {
            Drop("malformed SHUTDOWN");
            return;
        }

        switch (State)
        {
            case SctpState.Established or SctpState.ShutdownPending or SctpState.ShutdownReceived:
                State = SctpState.ShutdownReceived;
                AcknowledgeCumulatively(new Tsn(BinaryPrimitives.ReadUInt32BigEndian(value)), now);
                ShutdownWhenDrained();
                break;
            case SctpState.ShutdownSent:
                // "If an endpoint is in the SHUTDOWN-SENT state and receives a SHUTDOWN chunk from its peer, the endpoint SHOULD respond
                // immediately with a SHUTDOWN ACK".
                State = SctpState.ShutdownAckSent;
                _sendShutdown = false;
                _sendShutdownAck = true;
                _t2.Stop();
                break;
            case SctpState.ShutdownAckSent:
                _sendShutdownAck = true;
                break;
        }
    }

    private void OnShutdownAck()
    {
        if (State is SctpState.ShutdownSent or SctpState.ShutdownAckSent)
        {
            SendAlone(ChunkType.ShutdownComplete, 0, [], _peerTag);
            Close();
        }
    }

    private void OnShutdownComplete()
    {
        if (State == SctpState.ShutdownAckSent)
        {
            Close();
        }
    }
}
