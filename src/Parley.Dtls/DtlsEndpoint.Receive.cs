using System.Security.Cryptography;
using Parley.Dtls.Wire;
using Parley.Net;

namespace Parley.Dtls;

// The way in: records, handshake fragments, alerts.
public sealed partial class DtlsEndpoint
{
    // Records of application data taken from one datagram at the most. A full datagram of the smallest SCTP packets has fewer.
    private const int MaxApplicationRecords = 64;

    // Handshake records of epoch 1 that came before its keys are kept: with the client's last flight reordered, its Finished.
    private const int MaxEarlyRecords = 4;
    private const int MaxEarlyRecordSize = 256;

    private readonly List<byte[]> _early = [];
    private Range[] _applicationData = new Range[4];
    private int _applicationDataCount;
    private int _applicationDataRead;

    /// <summary>
    /// Takes in a datagram, which may hold several records. What is not a genuine, new and timely record is dropped and counted,
    /// nothing more (RFC 6347 §4.1.2.7). Application data is decrypted in place.
    /// </summary>
    /// <param name="datagram">The datagram; changed. Hand it to <see cref="TryReadApplicationData"/> before it is used otherwise.</param>
    /// <param name="now">The present instant.</param>
    public void Receive(Span<byte> datagram, Instant now)
    {
        _applicationDataCount = 0;
        _applicationDataRead = 0;
        if (State == DtlsState.New && _options.Role == DtlsRole.Server)
        {
            Start(now);
        }

        var offset = 0;
        while (offset < datagram.Length)
        {
            if (State is not (DtlsState.Connecting or DtlsState.Connected)
                || !RecordHeader.TryParse(datagram[offset..], out var header, out _))
            {
                Drop();
                return;
            }

            var body = datagram.Slice(offset + RecordHeader.Size, header.Length);
            ReceiveRecord(header, body, offset + RecordHeader.Size, now);
            offset += RecordHeader.Size + header.Length;
            ReceiveEarlyRecords(now);
        }
    }

    /// <summary>The next application data of the datagram last given to <see cref="Receive"/>; false when there is no more.</summary>
    /// <param name="datagram">That same datagram, unchanged since.</param>
    /// <param name="plaintext">A part of it.</param>
    /// <exception cref="ArgumentException">The datagram is shorter than the one received.</exception>
    public bool TryReadApplicationData(Span<byte> datagram, out Span<byte> plaintext)
    {
        if (_applicationDataRead == _applicationDataCount)
        {
            plaintext = default;
            return false;
        }

        plaintext = datagram[_applicationData[_applicationDataRead++]];
        return true;
    }

    private void ReceiveRecord(RecordHeader header, Span<byte> body, int offset, Instant now)
    {
        // RFC 5246 §6.2.1 and §6.2.3: "The length MUST NOT exceed 2^14"; what protection adds is known. RFC 6347 §4.1.2.7: dropped in
        // silence.
        if (header.Length > RecordHeader.MaxContent + (header.Epoch == 0 ? 0 : RecordProtection.Overhead))
        {
            Statistics = Statistics with { RecordsTooLarge = Statistics.RecordsTooLarge + 1 };
            Drop();
            return;
        }

        switch (header.Epoch)
        {
            // Once the handshake is done nothing without protection is believed. Before, replay does no harm: message_seq
            // orders what matters, and a window could be moved by a forged record.
            case 0 when !_isHandshakeComplete && header.Type != ContentType.ApplicationData:
                Accept();
                ReceiveContent(header, body, offset, now);
                break;
            case 1 when !_records.IsKeyed:
                KeepEarlyRecord(header, body);
                break;
            case 1 when _records.TryOpen(header, body, out var content):
                Accept();
                var (start, length) = content.GetOffsetAndLength(body.Length);
                ReceiveContent(header, body.Slice(start, length), offset + start, now);
                break;
            default:
                Drop();
                break;
        }
    }

    private void ReceiveContent(RecordHeader header, Span<byte> content, int offset, Instant now)
    {
        switch (header.Type)
        {
            case ContentType.ApplicationData when State == DtlsState.Connected:
                KeepApplicationData(offset, content.Length);
                break;
            case ContentType.Handshake:
                ReceiveFragments(content, header.Epoch, now);
                break;
            case ContentType.Alert:
                ReceiveAlert(content);
                break;

            // The epoch in each record's header says what ChangeCipherSpec would: see docs/dtls.md.
            case ContentType.ChangeCipherSpec:
                break;
            default:
                Drop();
                break;
        }
    }

    private void KeepApplicationData(int offset, int length)
    {
        if (length == 0)
        {
            return;
        }

        if (_applicationDataCount == _applicationData.Length)
        {
            if (_applicationDataCount == MaxApplicationRecords)
            {
                Drop();
                return;
            }

            Array.Resize(ref _applicationData, _applicationDataCount * 2);
        }

        _applicationData[_applicationDataCount++] = new Range(offset, offset + length);
    }

    private void KeepEarlyRecord(RecordHeader header, ReadOnlySpan<byte> body)
    {
        if (header.Type != ContentType.Handshake || _early.Count == MaxEarlyRecords || body.Length > MaxEarlyRecordSize)
        {
            Drop();
            return;
        }

        var record = new byte[RecordHeader.Size + body.Length];
        header.Write(record);
        body.CopyTo(record.AsSpan(RecordHeader.Size));
        _early.Add(record);
    }

    private void ReceiveEarlyRecords(Instant now)
    {
        if (_early.Count == 0 || !_records.IsKeyed)
        {
            return;
        }

        byte[][] early = [.. _early];
        _early.Clear();
        foreach (var record in early)
        {
            if (State is DtlsState.Connecting or DtlsState.Connected && RecordHeader.TryParse(record, out var header, out _))
            {
                ReceiveRecord(header, record.AsSpan(RecordHeader.Size), 0, now);
            }
        }
    }

    private void ReceiveFragments(ReadOnlySpan<byte> content, ushort epoch, Instant now)
    {
        while (!content.IsEmpty && State is DtlsState.Connecting or DtlsState.Connected)
        {
            if (!HandshakeHeader.TryParse(content, out var header, out _))
            {
                Drop();
                return;
            }

            var size = HandshakeHeader.Size + header.FragmentLength;
            ReceiveFragment(header, content[..size], epoch, now);
            content = content[size..];
        }
    }

    private void ReceiveFragment(HandshakeHeader header, ReadOnlySpan<byte> fragment, ushort epoch, Instant now)
    {
        if (_handshake is not { } handshake || _isHandshakeComplete)
        {
            ReceiveAfterHandshake(header, now);
            return;
        }

        if (SerialNumber.IsAfter(_reassembly.Next, header.MessageSequence))
        {
            ReceiveRepetition(header, now);
            return;
        }

        // Of a first handshake only the Finished is protected.
        if (header.Type == HandshakeType.Finished != (epoch == 1))
        {
            Drop();
            return;
        }

        if (header.IsWhole && header.MessageSequence == _reassembly.Next)
        {
            ReceiveMessage(handshake, header.Type, fragment, now);
        }
        else
        {
            _reassembly.Add(header, fragment[HandshakeHeader.Size..]);
        }

        while (State == DtlsState.Connecting && !_isHandshakeComplete && _reassembly.Due() is { } message)
        {
            ReceiveMessage(handshake, (HandshakeType)message[0], message, now);
        }
    }

    private void ReceiveMessage(Handshake handshake, HandshakeType type, ReadOnlySpan<byte> message, Instant now)
    {
        // A server's handshake begins with its client's hello.
        LimitByOptions(now);
        HandshakeFault? fault;
        try
        {
            fault = handshake.Receive(type, message);
        }
        catch (CryptographicException e)
        {
            _logger.CryptographyFailed(e);
            fault = new HandshakeFault(DtlsFailure.Cryptography, AlertDescription.InternalError);
        }

        switch (fault)
        {
            case null:
                _reassembly.Accept();
                Continue(handshake);
                break;

            // Nothing vouches for a message in the clear. One that cannot be part of this handshake is dropped as a bad record
            // is, and the true one may still come (RFC 6347 §4.1.2.7).
            case { Failure: DtlsFailure.MalformedMessage or DtlsFailure.UnexpectedMessage } dropped when type != HandshakeType.Finished:
                _reassembly.Reject();
                _logger.MessageDropped(type, dropped.Failure);
                Drop();
                break;
            case { } fatal:
                Fail(fatal.Failure, fatal.Alert);
                break;
        }
    }

    private void Continue(Handshake handshake)
    {
        if (RemoteCertificate.Count == 0 && handshake.PeerCertificates.Count > 0)
        {
            RemoteCertificate = handshake.PeerCertificates;
            VerifyCertificate();
            if (State != DtlsState.Connecting)
            {
                return;
            }
        }

        if (!_records.IsKeyed && handshake.MasterSecret.Length > 0)
        {
            var (writer, reader) = handshake.DeriveProtection();
            _records.Install(writer, reader);
        }

        if (handshake.TryTakeFlight(_flight))
        {
            _retransmission.Reset();
        }

        if (handshake.IsComplete)
        {
            CompleteHandshake(handshake);
        }
    }

    // RFC 6347 §4.2.4: a peer that repeats the end of its flight has not got ours.
    private void ReceiveRepetition(HandshakeHeader header, Instant now)
    {
        var endsFlight = header.Type is HandshakeType.ClientHello or HandshakeType.ServerHelloDone or HandshakeType.Finished;
        if (endsFlight && header.IsLastFragment && !_flight.IsEmpty && !_flight.IsPending && _retransmission.MayAnswerRepetition(now))
        {
            RepeatFlight("the peer repeats its own");
        }
    }

    // These messages came under the connection's own keys.
    private void ReceiveAfterHandshake(HandshakeHeader header, Instant now)
    {
        switch (header.Type)
        {
            case HandshakeType.Finished:
                ReceiveRepetition(header, now);
                break;

            // RFC 5246 §7.2.2: no_renegotiation, always a warning, is the answer to either.
            case HandshakeType.HelloRequest or HandshakeType.ClientHello when header.FragmentOffset == 0:
                QueueAlert(AlertLevel.Warning, AlertDescription.NoRenegotiation);
                break;
        }
    }

    private void ReceiveAlert(ReadOnlySpan<byte> content)
    {
        if (content.Length != AlertSize)
        {
            Drop();
            return;
        }

        var description = (AlertDescription)content[1];
        if (description == AlertDescription.CloseNotify)
        {
            // RFC 5246 §7.2.1: "The other party MUST respond with a close_notify alert of its own".
            QueueAlert(AlertLevel.Warning, AlertDescription.CloseNotify);
            _logger.Closed("the peer");
            End(DtlsState.Closed);
            _events.Enqueue(new DtlsEvent(DtlsEventKind.CloseNotify));
        }
        else if (content[0] == (byte)AlertLevel.Fatal)
        {
            Fail(DtlsFailure.PeerAlert, description);
        }
    }

    private void Accept() => Statistics = Statistics with { RecordsReceived = Statistics.RecordsReceived + 1 };

    private void Drop() => Statistics = Statistics with { RecordsDropped = Statistics.RecordsDropped + 1 };
}
