using Microsoft.Extensions.Logging.Abstractions;
using Parley.Dtls.Wire;
using Parley.Net;

namespace Parley.Dtls.Tests;

/// <summary>Hellos as others write them, from today's browsers' large ones to what cannot be served.</summary>
public class ForeignHelloTests
{
    private static readonly ushort[] Suites = [0x1301, 0x1302, 0xC02B, 0xC02F, 0xCCA9, 0xC00A];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Server_LargeHelloOffering13First_IsServed12(bool reversed)
    {
        // X25519MLKEM768, x25519, secp256r1; DTLS 1.3 and 1.2; a key share too large for one datagram.
        var hello = Hello([0xFEFC, 0xFEFD], [0x11EC, 29, 23], 1800);
        using var server = Server();
        var fragments = Fragments(hello, 1000).ToList();
        Assert.Equal(2, fragments.Count);
        if (reversed)
        {
            fragments.Reverse();
        }

        server.Receive(fragments[0], default);
        Assert.Equal(0, server.Transmit(new byte[1200], default));
        server.Receive(fragments[1], default);

        var answer = new byte[1200];
        var length = server.Transmit(answer, default);
        Assert.True(RecordHeader.TryParse(answer.AsSpan(0, length), out var record, out _));
        var message = answer.AsSpan(RecordHeader.Size, record.Length);
        Assert.True(HandshakeHeader.TryParse(message, out var header, out _));
        Assert.Equal(HandshakeType.ServerHello, header.Type);
        Assert.True(ServerHello.TryParse(message[HandshakeHeader.Size..], out var parsed, out _));
        Assert.Equal(DtlsProtocolVersion.Dtls12, parsed.Version);
        Assert.Equal(DtlsCipherSuite.EcdheEcdsaAes128GcmSha256, parsed.CipherSuite);
        Assert.False(parsed.Extensions.HasUnknown);
        Assert.False(parsed.Extensions.Has(ExtensionType.SupportedVersions));

        // RFC 8446 §4.1.3: "DOWNGRD" is for servers that speak 1.3.
        Assert.False(parsed.Random[^8..^1].SequenceEqual("DOWNGRD"u8));
    }

    [Theory]
    [InlineData(new ushort[] { 0xFEFC }, new ushort[] { 23 }, 0xFEFD, DtlsFailure.ProtocolVersion, AlertDescription.ProtocolVersion)]
    [InlineData(new ushort[0], new ushort[] { 23 }, 0xFEFF, DtlsFailure.ProtocolVersion, AlertDescription.ProtocolVersion)]
    [InlineData(new ushort[0], new ushort[] { 23 }, 0x0303, DtlsFailure.ProtocolVersion, AlertDescription.ProtocolVersion)]
    [InlineData(new ushort[0], new ushort[] { 29 }, 0xFEFD, DtlsFailure.NothingInCommon, AlertDescription.HandshakeFailure)]
    public void Server_HelloItCannotServe_FailsWithTheAlert(
        ushort[] versions, ushort[] groups, int version, DtlsFailure failure, AlertDescription alert)
    {
        using var server = Server();
        server.Receive(Fragments(Hello(versions, groups, 0, (ushort)version), 1400).Single(), default);

        Assert.Equal(DtlsState.Failed, server.State);
        Assert.True(server.TryRead(out var happened));
        Assert.Equal(new DtlsEvent(DtlsEventKind.Failed, failure, alert), happened);
        var datagram = new byte[100];
        Assert.Equal(15, server.Transmit(datagram, default));
        Assert.Equal(Hex.Bytes($"15 FE FD 00 00 00 00 00 00 00 00 00 02 02 {(byte)alert:X2}"), datagram[..15]);
        Assert.Equal(0, server.Transmit(datagram, default));
    }

    [Fact]
    public void Server_HelloWithoutExtendedMasterSecretWhereRequired_Fails()
    {
        using var server = new DtlsEndpoint(
            new DtlsOptions { Role = DtlsRole.Server, Certificate = Certificates.Bob, RequireExtendedMasterSecret = true },
            RandomSource.Seeded(1),
            NullLogger.Instance);
        server.Receive(Fragments(Hello([], [23], 0), 1400).Single(), default);
        Assert.True(server.TryRead(out var happened));
        Assert.Equal(DtlsFailure.ExtendedMasterSecretMissing, happened.Failure);
    }

    [Fact]
    public void Server_MalformedHelloFirst_WaitsForTheTrueOne()
    {
        var hello = Hello([], [23], 0);
        var broken = hello.ToArray();
        broken[HandshakeHeader.Size + 34] = 255;
        using var server = Server();
        server.Receive(Fragments(broken, 1400).Single(), default);
        Assert.Equal(DtlsState.Connecting, server.State);
        Assert.Equal(0, server.Transmit(new byte[1200], default));
        server.Receive(Fragments(hello, 1400).Single(), default);
        Assert.NotEqual(0, server.Transmit(new byte[1200], default));
    }

    internal static IEnumerable<byte[]> Fragments(byte[] message, int size)
    {
        var body = message.AsMemory(HandshakeHeader.Size);
        HandshakeHeader.TryParse(message, out var header, out _);
        ulong number = 0;
        for (var offset = 0; offset < body.Length; offset += size)
        {
            var count = Math.Min(size, body.Length - offset);
            var datagram = new byte[RecordHeader.Size + HandshakeHeader.Size + count];
            new RecordHeader(ContentType.Handshake, DtlsProtocolVersion.Dtls10, 0, number++, HandshakeHeader.Size + count).Write(datagram);
            (header with { FragmentOffset = offset, FragmentLength = count }).Write(datagram.AsSpan(RecordHeader.Size));
            body.Span.Slice(offset, count).CopyTo(datagram.AsSpan(RecordHeader.Size + HandshakeHeader.Size));
            yield return datagram;
        }
    }

    internal static byte[] Hello(ushort[] versions, ushort[]? groups, int padding, ushort version = 0xFEFD, byte[]? pointFormats = null)
    {
        var writer = new MessageWriter();
        writer.Begin(HandshakeType.ClientHello, 0);
        writer.WriteUInt16(version);
        writer.Take(32).Fill(0x42);
        writer.WriteUInt16(0);
        WriteList(writer, Suites);
        writer.WriteByte(1);
        writer.WriteByte(0);
        var extensions = writer.Open(2);

        // GREASE (RFC 8701), then a key share.
        HelloWriter.WriteEmptyExtension(writer, (ExtensionType)0x3A3A);
        var extension = HelloWriter.OpenExtension(writer, (ExtensionType)51);
        writer.Take(padding).Fill(0x33);
        writer.Close(extension, 2);
        if (groups is not null)
        {
            extension = HelloWriter.OpenExtension(writer, ExtensionType.SupportedGroups);
            WriteList(writer, groups);
            writer.Close(extension, 2);
        }

        if (pointFormats is not null)
        {
            extension = HelloWriter.OpenExtension(writer, ExtensionType.EcPointFormats);
            writer.WriteByte((byte)pointFormats.Length);
            writer.WriteBytes(pointFormats);
            writer.Close(extension, 2);
        }

        extension = HelloWriter.OpenExtension(writer, ExtensionType.SignatureAlgorithms);
        WriteList(writer, [0x0403, 0x0804, 0x0401, 0x0201]);
        writer.Close(extension, 2);
        if (versions.Length > 0)
        {
            extension = HelloWriter.OpenExtension(writer, ExtensionType.SupportedVersions);
            writer.WriteByte((byte)(versions.Length * 2));
            foreach (var offered in versions)
            {
                writer.WriteUInt16(offered);
            }

            writer.Close(extension, 2);
        }

        writer.Close(extensions, 2);
        return writer.End();
    }

    private static DtlsEndpoint Server() => new(
        new DtlsOptions { Role = DtlsRole.Server, Certificate = Certificates.Bob }, RandomSource.Seeded(1), NullLogger.Instance);

    private static void WriteList(MessageWriter writer, ushort[] values)
    {
        var list = writer.Open(2);
        foreach (var value in values)
        {
            writer.WriteUInt16(value);
        }

        writer.Close(list, 2);
    }
}
