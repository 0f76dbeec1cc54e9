using Parley.Dtls.Wire;
using Parley.Net;

namespace Parley.Dtls;

// The way out: flights, alerts, application data.
public sealed partial class DtlsEndpoint
{
    private const int AlertSize = 2;

    // A refusal of renegotiation and an ending alert may wait together; more of the same would tell nothing new.
    private (AlertQueueEntry First, AlertQueueEntry Second) _alerts;

    /// <summary>
    /// Writes the next datagram of the handshake or an alert: as many records of a flight as fit into the MTU and the destination.
    /// Returns its length; 0: nothing to send.
    /// </summary>
    public int Transmit(Span<byte> destination, Instant now)
    {
        if (destination.Length > _options.Mtu)
        {
            destination = destination[.._options.Mtu];
        }

        if (_flight.IsPending)
        {
            var written = _flight.Write(_records, destination);
            if (!_flight.IsPending)
            {
                _retransmission.Sent(now, awaitsAnswer: !_isHandshakeComplete);
            }

            if (written > 0)
            {
                return written;
            }
        }

        return WriteAlert(destination);
    }

    /// <summary>
    /// Makes one record of application data. Returns its length; 0 when the endpoint is not connected, for the network may end a
    /// connection at any moment.
    /// </summary>
    /// <param name="plaintext">Up to 16,384 bytes (RFC 5246 §6.2.1).</param>
    /// <param name="destination">At least <see cref="RecordOverhead"/> bytes longer than the plaintext.</param>
    /// <exception cref="ArgumentException">The plaintext is too long or the destination too short.</exception>
    public int Protect(ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        CheckRecord(plaintext.Length, destination.Length);
        if (State != DtlsState.Connected)
        {
            return 0;
        }

        plaintext.CopyTo(destination[RecordHeaderLength..]);
        return _records.Seal(ContentType.ApplicationData, DtlsProtocolVersion.Dtls12, 1, destination, plaintext.Length);
    }

    /// <summary>
    /// As <see cref="Protect"/>, of plaintext that stands in the destination already, from <see cref="RecordHeaderLength"/> on.
    /// </summary>
    /// <param name="destination">The record, with room for <see cref="RecordOverhead"/> bytes around the plaintext.</param>
    /// <param name="plaintextLength">Up to 16,384 bytes (RFC 5246 §6.2.1).</param>
    /// <exception cref="ArgumentException">The plaintext is too long or the destination too short.</exception>
    public int ProtectInPlace(Span<byte> destination, int plaintextLength)
    {
        CheckRecord(plaintextLength, destination.Length);
        return State == DtlsState.Connected
            ? _records.Seal(ContentType.ApplicationData, DtlsProtocolVersion.Dtls12, 1, destination, plaintextLength)
            : 0;
    }

    private static void CheckRecord(int plaintextLength, int destinationLength)
    {
        if ((uint)plaintextLength > RecordHeader.MaxContent)
        {
            throw new ArgumentException("A record carries at most 16,384 bytes.", nameof(plaintextLength));
        }

        if (destinationLength - plaintextLength < RecordLayer.Overhead(1))
        {
            throw new ArgumentException("The destination is too short for the record.", nameof(destinationLength));
        }
    }

    private void RepeatFlight(string reason)
    {
        _flight.Rewind();
        Statistics = Statistics with { FlightsRetransmitted = Statistics.FlightsRetransmitted + 1 };
        _logger.FlightRepeated(reason);
    }

    private void QueueAlert(AlertLevel level, AlertDescription description)
    {
        var entry = new AlertQueueEntry(true, level, description);
        if (!_alerts.First.IsWaiting)
        {
            _alerts.First = entry;
        }
        else if (_alerts.First != entry)
        {
            _alerts.Second = entry;
        }
    }

    private int WriteAlert(Span<byte> destination)
    {
        var alert = _alerts.First;
        var epoch = (ushort)(_records.IsKeyed ? 1 : 0);
        if (!alert.IsWaiting || destination.Length < RecordLayer.Overhead(epoch) + AlertSize)
        {
            return 0;
        }

        _alerts = (_alerts.Second, default);
        var content = destination[RecordLayer.ContentOffset(epoch)..];
        content[0] = (byte)alert.Level;
        content[1] = (byte)alert.Description;
        var written = _records.Seal(ContentType.Alert, DtlsProtocolVersion.Dtls12, epoch, destination, AlertSize);
        WipeUnusedKeys();
        return written;
    }

    private readonly record struct AlertQueueEntry(bool IsWaiting, AlertLevel Level, AlertDescription Description);
}
