using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// What happens when time has passed (RFC 9260 §5.1, §6.3.3, §8).
public sealed partial class SctpAssociation
{
    /// <summary>When to call <see cref="Advance"/> at the latest; null: nothing depends on time.</summary>
    public Instant? Deadline => _life.HasEnded ? null : Instant.Earliest(_life.Deadline, _life.Block.Deadline);

    /// <summary>Time has passed: what is due happens.</summary>
    public void Advance(Instant now)
    {
        Receiver.Advance(now);
        _life.Advance(now);
        if (_life.HasEnded)
        {
            return;
        }

        Sender.Advance(_life.Phase.MayBegin, now);
        if (Sender.ExpireT3(now))
        {
            // §6.3.3. A probe of a closed window (§6.1-A) counts no error while the peer answers: a SACK has set the count back.
            if (!_life.CountError())
            {
                return;
            }

            Sender.OnTimeout(now);
        }

        if (_life.Block.OutgoingResets.Expire(now) && _life.CountError())
        {
            _life.Block.OutgoingResets.Repeat();
        }

        Sender.Path.Advance(now);
        var heartbeat = _life.Block.Heartbeat;
        if (heartbeat.ExpireAnswer(now))
        {
            _life.CountError();
        }

        if (heartbeat.Expire(now))
        {
            OnHeartbeatTimer(heartbeat, now);
        }
    }

    // §8.3: a connection on which nothing is outstanding is asked whether it is alive.
    private void OnHeartbeatTimer(Heartbeat heartbeat, Instant now)
    {
        heartbeat.Schedule(now + _options.HeartbeatInterval + Sender.RoundTrip.Rto);
        if (!Sender.IsDrained || State != SctpState.Established)
        {
            _context.SendPool.TrimUnused();
            _context.ReceivePool.TrimUnused();
            return;
        }

        Sender.Trim();
        Receiver.Trim();
        _context.Trim();
        heartbeat.Request(_context.Random.NextUInt64());
    }

    private void OnHeartbeat(ReadOnlySpan<byte> information)
    {
        if (State is not (SctpState.Closed or SctpState.CookieWait))
        {
            _outbox.Queue(ChunkType.HeartbeatAck, information);
        }
    }

    private void OnHeartbeatAck(ReadOnlySpan<byte> information, Instant now)
    {
        if (!Heartbeat.TryReadNonce(information, out var nonce))
        {
            return;
        }

        if (nonce == Sender.Path.Nonce && nonce != 0)
        {
            _life.OnAnswered();
            Sender.OnPathAnswer(now);
        }

        TakeRoundTrip(Receiver.Tuning.OnAnswered(nonce, now));
        TakeRoundTrip(_life.Block.Heartbeat.OnAnswered(nonce, now));
    }

    private void TakeRoundTrip(TimeSpan? measured)
    {
        if (measured is { } sample)
        {
            _life.OnAnswered();
            Sender.RoundTrip.Measure(sample);
        }
    }
}
