// What a small company would draw instead: MQTT at QoS 1, joined to 500 or 50 ms, one insert a batch.
// Printed as a flow file by benchmarks/node_red.py, which fills in where things are.
module.exports = {
  read: `
    const text = msg.payload.toString();
    const said = JSON.parse(text.slice(text.indexOf('.') + 1));
    said.device_id = msg.topic.split('/')[2];
    msg.payload = said;
    return msg;
  `,
  insert: `
    const columns = ['tds_in', 'tds_out', 'p_in_kpa', 'p_post_kpa', 'flow_ml_s', 'temp_c_x10',
                     'pump_ma', 'valve_ma', 'rssi_dbm'];
    const values = [], rows = [];
    for (const said of msg.payload) {
      const at = values.length;
      values.push('bench', said.device_id, said.ts, said.boot, said.up_ms,
                  ...columns.map((name) => said.m[name]));
      rows.push('(' + Array.from({length: 5 + columns.length}, (_, i) => '$' + (at + i + 1)) + ')');
    }
    await global.get('pool').query(
      'insert into node_red (tenant_id, device_id, ts, boot, up_ms, ' + columns.join(', ') + ')'
      + ' values ' + rows.join(',') + ' on conflict do nothing', values);
    return null;
  `,
};
