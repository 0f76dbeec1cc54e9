using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// How much the peer may send ahead: some times what has been read in a round trip, so that the window is never what holds a fast path back,
// and a reader that stops has little waiting for it.
public sealed partial class SctpAssociation
{
    // A sender in slow start doubles its window each round trip, and learns of this one's growth a round trip later.
    private const int WindowPerRoundTrip = 4;

    private static readonly TimeSpan RoundTripLifetime = TimeSpan.FromSeconds(3);
    private WindowTuning _tuning;

    private void TuneWindow(Instant now)
    {
        if (_reassembly.Limit >= _receiveLimit)
        {
            return;
        }

        // Who only receives measures no round trips: a HEARTBEAT that travels with a SACK does.
        if (!(now - _tuning.AskedAt <= RoundTripLifetime) && _reassembly.Consumed > WorthSearching)
        {
            _tuning.IsAsking = true;
        }

        if (_tuning.RoundTrip is not { } roundTrip || now - _tuning.RoundBegin < roundTrip || now == _tuning.RoundBegin)
        {
            return;
        }

        // Of what is read only as much as came: a reader that takes at once what waited for it says nothing of the path.
        var read = Math.Min(_reassembly.Consumed - _tuning.ConsumedBefore, _reassembly.Admitted - _tuning.ReceivedBefore);
        var perRoundTrip = read * (roundTrip / (now - _tuning.RoundBegin));
        _reassembly.Limit = Math.Clamp((long)(WindowPerRoundTrip * perRoundTrip), _reassembly.Limit, _receiveLimit);
        BeginTuningRound(now);
    }

    private void BeginTuningRound(Instant now)
    {
        _tuning.RoundBegin = now;
        _tuning.ConsumedBefore = _reassembly.Consumed;
        _tuning.ReceivedBefore = _reassembly.Admitted;
    }

    private void WriteRoundTripProbe(ref ChunkWriter writer, Instant now)
    {
        if (_tuning.IsAsking && writer.Remaining >= 16 && State == SctpState.Established)
        {
            _tuning.IsAsking = false;
            _tuning.AskedAt = now;
            _tuning.Nonce = _random.NextUInt64() | 1;
            WriteHeartbeat(ref writer, _tuning.Nonce);
        }
    }

    // A lost one is no failure of the path (RFC 9260 §8.3): nobody waits for it.
    private void OnRoundTripAnswer(ulong nonce, Instant now)
    {
        if (nonce == 0 || nonce != _tuning.Nonce || _tuning.AskedAt is not { } askedAt)
        {
            return;
        }

        if (_tuning.RoundTrip is null)
        {
            BeginTuningRound(now);
        }

        _errors = 0;
        _tuning.Nonce = 0;
        _tuning.RoundTrip = now - askedAt;
        _roundTrip.Measure(now - askedAt);
    }

    private struct WindowTuning
    {
        public TimeSpan? RoundTrip;
        public Instant? AskedAt;
        public Instant RoundBegin;
        public long ConsumedBefore;
        public long ReceivedBefore;
        public ulong Nonce;
        public bool IsAsking;
    }
}
