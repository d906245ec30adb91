#include "tools/local/sink_facts.hpp"

namespace gateway::local {

SinkFacts read_facts(Sink& sink)
{
    SinkFacts facts;
    facts.id = sink.id();
    facts.stack_status = sink.octet("StackStatus");
    facts.node_address = sink.number("NodeAddress");
    facts.node_role = sink.octet("NodeRole");
    facts.network_address = sink.number("NetworkAddress");
    facts.network_channel = sink.octet("NetworkChannel");
    facts.channel_min = sink.octet("ChRangeMin");
    facts.channel_max = sink.octet("ChRangeMax");
    facts.channel_map = sink.number("ChannelMap");
    facts.cipher_key_set = sink.boolean("CipherKeySet");
    facts.authentication_key_set = sink.boolean("AuthenticationKeySet");
    facts.access_cycle_min = sink.word("ACRangeMinCur");
    facts.access_cycle_max = sink.word("ACRangeMaxCur");
    facts.access_cycle_lowest = sink.word("ACRangeMin");
    facts.access_cycle_highest = sink.word("ACRangeMax");
    facts.access_cycle = sink.word("CurrentAC");
    facts.sink_cost = sink.octet("SinkCost");
    facts.app_config = sink.app_config();
    facts.app_config_max_size = sink.word("AppConfigMaxSize");
    facts.firmware_version = sink.words("FirmwareVersion");
    facts.firmware_area_id = sink.number("FirmwareAreaId");
    facts.stack_profile = sink.word("StackProfile");
    facts.hardware_magic = sink.word("HwMagic");
    facts.max_mtu = sink.octet("MaxMtu");
    facts.pdu_buffers = sink.octet("PDUBufferSize");
    facts.stored = {sink.number("StoredLen"), sink.word("StoredCrc"), sink.octet("StoredSeq")};
    facts.stored_status = sink.octet("StoredStatus");
    facts.stored_type = sink.octet("StoredType");
    facts.processed = {sink.number("ProcessedLen"), sink.word("ProcessedCrc"), sink.octet("ProcessedSeq")};
    facts.target = sink.target();
    facts.link = sink.health();
    return facts;
}

bool stack_runs(const SinkFacts& facts)
{
    return facts.stack_status && (*facts.stack_status & 1) == 0;
}

} // namespace gateway::local
